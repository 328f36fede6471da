"""Proper names of a sentence that its source lacks.

A name stands in a source in the form in which it is written there, or in one that readers take for the same: Norway
and Norwegian, EU and European Union, Lind for Ada Lind. "Ada Lind" where the source only knows a Lind is more than it
says. Dates and numbers are looked at elsewhere, digits that belong to a name (A320, Covid-19) here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from indexes.names import ONE_PLACE, folded, same_name
from indexes.terms import STOP_WORDS
from indexes.wordlists import (
    ADVERBS,
    DETERMINERS,
    FEMALE_NAMES,
    FEMALE_WORDS,
    FINITE_VERBS,
    HONORIFICS,
    MALE_NAMES,
    MALE_WORDS,
    NATIONALITIES,
    OPENERS,
    ORGANISATION_NAMES,
    ORGANISATIONS,
    PARTICLES,
    PLACES,
    PLURAL_ROLES,
    ROLE_ENDINGS,
    ROLES,
    SPEAKING,
    SUFFIXES,
    TIMES,
)


def strange_name(sentence: str, source: str) -> str | None:
    """Return the first proper name of a sentence that does not stand in its source, as it is written.

    `source` is a paragraph with its metadata (speakers' full names, headline, publisher).
    """
    held = _source(source)
    return next((name.text for name in _names(sentence, held) if not _stands(name, held)), None)


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as written and as compared, and whether it follows the word before it at once."""

    text: str
    folded: str
    joined: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Source:
    """The words of a source, in order and by what is asked of them."""

    order: tuple[str, ...]
    places: Mapping[str, Sequence[int]]  # where each of them stands
    capitalised: frozenset[str]
    lower: frozenset[str]
    alike: Mapping[str, Sequence[str]]  # those with a capital, by their first three letters
    initials: frozenset[str]  # what runs of words could be shortened to
    acronyms: frozenset[str]
    compounds: frozenset[str]  # "covid19" of "Covid 19", "southeast" of "South East"
    aliases: frozenset[str]  # other forms of what stands there


@dataclass(frozen=True, slots=True)
class _Name:
    """A proper name: its words as written, and those that must stand in the source."""

    text: str
    words: tuple[_Word, ...]


# A hyphen joins digits to a name (F-16, Covid-19); China-Russia and US-led are taken apart.
_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}|[^\W_](?:[^\W_]|[\u0300-\u036f]|[’'](?=[^\W_])|&(?=[^\W_])|[-‑](?=\d)|(?<=\d)\.(?=\d))*"
)
_POSSESSIVE = re.compile(r"[’']s?$")


@lru_cache(maxsize=512)
def _words(text: str) -> tuple[_Word, ...]:
    words: list[_Word] = []
    behind = 0
    for match in _TOKEN.finditer(text):
        between = text[behind : match.start()]
        joined = between in (" ", "-", "‑", "\u00a0", " & ") or (
            between == ". " and bool(words) and len(words[-1].text) == 1
        )
        words.append(_Word(match[0], _compared(match[0]), joined, *match.span()))
        behind = match.end()
    return tuple(words)


def _compared(word: str) -> str:
    """Return a word as it is compared: "U.S.", "US" and "us" meet, as do "F-16" and "F16", "José" and "Jose"."""
    bare = _POSSESSIVE.sub("", folded(word)).replace(".", "") or word
    return re.sub(r"[-‑]", "", bare) if any(c.isdigit() for c in bare) else bare


@lru_cache(maxsize=256)
def _source(text: str) -> _Source:
    words = _words(text)
    order = tuple(word.folded for word in words)
    places: dict[str, list[int]] = {}
    alike: dict[str, list[str]] = {}
    for place, word in enumerate(order):
        places.setdefault(word, []).append(place)
    capitalised = frozenset(word.folded for word in words if not word.text[0].islower())
    acronyms = frozenset(word.folded for word in words if _is_acronym(word.text))
    for word in capitalised:
        alike.setdefault(word[:3], []).append(word)
    phrases = _phrase(words)

    def holds(form: str) -> bool:  # "polish" is no Pole, but "artificial intelligence" is AI
        word = form.strip()
        return form in phrases if " " in word else (word.lower() in acronyms if word.isupper() else word in capitalised)

    return _Source(
        order=order,
        places=places,
        capitalised=capitalised,
        lower=frozenset(word.folded for word in words if word.text[0].islower()),
        alike=alike,
        initials=frozenset(_initials(words)),
        acronyms=acronyms,
        compounds=frozenset(a.folded + b.folded for a, b in pairwise(words) if a.text[0].isupper() and b.joined),
        aliases=frozenset(other for group in _SAME if any(holds(p) for p in group) for other in group),
    )


def _phrase(words: Sequence[_Word]) -> str:
    """Return words as they are looked up together: folded, but "US" is not "us"."""
    return " " + " ".join(w.folded.upper() if _is_acronym(w.text) else w.folded for w in words) + " "


_LINKING = frozenset("of the and for in on de la du des & a to".split())
_LONGEST_ACRONYM = 6


def _initials(words: Sequence[_Word]) -> Iterator[str]:
    """Yield what runs of words could be shortened to: capitalised ones, and three or more in lower case (GDP)."""
    capital = [(i, w.folded[:1]) for i, w in enumerate(words) if w.text[0].isupper()]
    for first in range(len(capital)):
        letters = capital[first][1]
        for before, (i, letter) in zip(capital[first:], capital[first + 1 : first + _LONGEST_ACRONYM], strict=False):
            if any(words[j].folded not in _LINKING for j in range(before[0] + 1, i)):
                break
            letters += letter
            yield letters
    content = [w.folded[:1] if w.folded not in STOP_WORDS else "\0" for w in words]
    for size in (3, 4):
        for first in range(len(content) - size + 1):
            yield "".join(content[first : first + size])


# -- which words are names --------------------------------------------------------------------------------------------

_GIVEN = MALE_NAMES | FEMALE_NAMES
_DIRECTIONS = frozenset("north south east west northern southern eastern western central".split())
_WHICH_ONE = _DIRECTIONS | {"new", "saint", "san", "los", "el", "great", "upper", "lower"}
_PLACES_THAT_ARE_WORDS = frozenset(
    "turkey jersey georgia states kingdom us york island hong kong orleans columbia victoria rico vegas chile niger "
    "jordan oman mali chad dakota u.s u.s. uk u.k cuba guinea china".split()
)
_PLACES_IN_LOWER_CASE = (PLACES | NATIONALITIES) - _DIRECTIONS - _PLACES_THAT_ARE_WORDS - frozenset(
    "republican democrat democratic conservative liberal labour tory polish muslim catholic christian jewish hindu "
    "sikh".split()
) | {"china"}  # fmt: skip
_PARTIES = frozenset("republican republicans democrat democrats".split())
# Nouns that stand for a kind of person or body, capitalised or not: "the Minister", "Parliament".
_COMMON = (
    (ROLES | HONORIFICS | ORGANISATIONS | PLURAL_ROLES | MALE_WORDS | FEMALE_WORDS | SUFFIXES | TIMES)
    - _GIVEN
    - NATIONALITIES
    - _PARTIES
) | frozenset(
    "government governments parliament congress senate state states country countries republic kingdom nation nations "
    "internet earth god bible christmas easter sun moon world i i'm i've i'd i'll ok".split()
)
_NEVER_ALONE = OPENERS | DETERMINERS | _LINKING | STOP_WORDS
# Nouns that open a sentence without an article, and are not told by their endings.
_BARE_NOUNS = frozenset(
    """trade oil gas water food money power peace war growth demand supply debt health wealth land work traffic rain
    snow ice air fire blood sleep milk meat fish wheat rice corn coal steel iron gold silver copper cotton sugar coffee
    tea wine beer bread wood paper plastic glass cash credit crime law order time life death love fear anger pain help
    care aid support research data news media music film sport football cricket rugby tennis sex race age weather
    climate heat light sound fuel diesel petrol hydrogen carbon unemployment income output turnout travel tourism
    progress defeat victory advice luck trust faith truth pressure terror stress exercise diet cancer malaria flu
    therapy alcohol tobacco smoke salt fat skin hair bone muscle soil dust sand mud rock wildlife livestock cattle fruit
    grain people everything everybody anything anyone history culture education knowledge industry business commerce
    interest rent tax profit loss stock property equipment infrastructure fatigue value revenue issue blame faith hope
    half most much public private international local global human social political economic part due based please note
    children women men police""".split()
)
_CONNECTING = frozenset(
    "moreover furthermore thereafter besides otherwise hence regardless nowadays nonetheless altogether whatsoever "
    "afterwards beforehand moreso anyway somehow somewhere beyond worldwide nationwide".split()
)
_MASS_ENDING = re.compile(
    r"(?:ing|ed|ly|[ts]ion|ment|ness|ity|ism|ance|ence|ency|ancy|ship|hood|ure|ful|less|able|ible|ous|ive|ics|ology|"
    r"graphy|ical|ional|wards?|ent|ant|ate|ise|ize|ify|ect|age|ory|ary)$"
)
_PLURAL_ENDING = re.compile(r"[^sui]s$")
_GEOGRAPHY = PLACES | NATIONALITIES
_STANDING_APART = _GEOGRAPHY | ORGANISATION_NAMES | ORGANISATIONS | _COMMON
_ORDINARY = _COMMON | ORGANISATION_NAMES | _BARE_NOUNS
_GIVEN_NAMES_THAT_ARE_WORDS = frozenset(
    "hope faith joy grace rose dawn crystal amber mark bill rob sue pat jack mason max grant will frank ray dale wade "
    "heather holly ivy daisy poppy lily jean don april robin lee stan tom seth mike chad art".split()
)
_KNOWN = (
    (PLACES | NATIONALITIES | _GIVEN) - _DIRECTIONS - _BARE_NOUNS - _GIVEN_NAMES_THAT_ARE_WORDS - {"states", "kingdom"}
) | frozenset(
    "apple nato un eu unicef oxfam amnesty greenpeace reuters google facebook twitter microsoft amazon youtube "
    "instagram fifa uefa opec nasa bbc nhs fbi cia imf".split()
)  # fmt: skip
_CONTRACTION = re.compile(r"'(?:m|re|ve|ll|d|t)$")
_IRREGULAR_PASTS = frozenset(
    "spoke wrote drew flew drove shook chose told thought sought taught caught fought swam sang drank broke froze "
    "stole wore swore paid laid heard felt dealt meant overcame withdrew bore rode struck swung built fled".split()
)
_BEHIND_A_NAME = (FINITE_VERBS | ADVERBS | _IRREGULAR_PASTS | {"himself", "herself"}) - {"now", "then"}
_SINGULAR_VERBS = frozenset("is was has does isn't wasn't hasn't doesn't".split())


def _names(sentence: str, held: _Source) -> Iterator[_Name]:
    """Yield the proper names of a sentence: runs of capitalised words, names with digits, and known places."""
    words = _words(sentence)
    if sentence.isupper() and len(words) > 2:
        words = tuple(replace(word, text=word.text.capitalize()) for word in words)
    trust = _capitals_mean_something(words)
    own_lower = frozenset(word.folded for word in words if word.text[0].islower())
    explained = frozenset(_initials(words))
    run: list[_Word] = []
    for place, word in enumerate(words):
        named = _is_name_word(words, place, sentence, trust=trust, ordinary=held.lower | own_lower)
        if named and sentence[word.start - 1 : word.start] == "(" and word.folded.removesuffix("s") in explained:
            named = False  # "gross domestic product (GDP)"
        inside = word.folded in PARTICLES or (len(word.text) == 1 and word.text.isupper() and _goes_on(words, place))
        if run and (_POSSESSIVE.search(run[-1].text) or not (word.joined and (named or inside))):
            yield from _name(run, sentence)
            run = []
        if named or (run and inside):
            run.append(word)
    yield from _name(run, sentence)


def _name(run: list[_Word], sentence: str) -> Iterator[_Name]:
    while run and run[-1].text[0].islower() and run[-1].folded in PARTICLES:
        run.pop()
    if run:
        yield _Name(_POSSESSIVE.sub("", sentence[run[0].start : run[-1].end]), tuple(run))


def _capitals_mean_something(words: Sequence[_Word]) -> bool:
    """Tell whether capitals tell names: not in a headline, where nearly all words have one."""
    long = [word for word in words[1:] if word.folded not in STOP_WORDS and not word.text[0].isdigit()]
    return sum(word.text[0].isupper() for word in long) < 0.8 * len(long) or len(long) < 4


def _is_name_word(words: Sequence[_Word], place: int, sentence: str, *, trust: bool, ordinary: frozenset[str]) -> bool:
    word = words[place]
    if any(c.isdigit() for c in word.text):
        return _is_name_with_digits(word.text)
    if word.folded in _PLACES_IN_LOWER_CASE:
        return True
    if word.text[0].isupper() and word.folded in _WHICH_ONE:
        return _goes_on(words, place)
    if not word.text[0].isupper() or (word.folded in _NEVER_ALONE and not _is_acronym(word.text)):
        return False
    if len(word.text) == 1 or _CONTRACTION.search(word.folded):
        return False
    if trust and not _opens(words, place, sentence):
        return True
    return _is_name_where_all_are_capitalised(words, place, sentence, ordinary, trust=trust)


def _goes_on(words: Sequence[_Word], place: int) -> bool:
    """Tell whether a capitalised word follows at once: "North Korea"."""
    return place + 1 < len(words) and words[place + 1].joined and words[place + 1].text[0].isupper()


def _is_acronym(text: str) -> bool:
    letters = text.replace(".", "")
    return len(letters) > 1 and letters.isupper()


_MEASURED = re.compile(
    r"\d[\d.,]*(?:st|nd|rd|th|s|[ap]m|bn|mn|tn|[kmb]|[cm]?m|km|kg|g|mph|kph|[kMGT]?Wh?|ft|in|hrs?|p|[CF])"
)


def _is_name_with_digits(text: str) -> bool:
    """Tell whether letters and digits are a name: A320, F-16, 5G, 49ers; neither 21st nor 10km."""
    return bool(re.fullmatch(r"\d+ers", text)) or (any(c.isupper() for c in text) and not _MEASURED.fullmatch(text))


def _opens(words: Sequence[_Word], place: int, sentence: str) -> bool:
    """Tell whether a word has its capital from standing first: in the sentence, a quotation, behind a colon."""
    if place == 0:
        return True
    if words[place].joined or words[place - 1].folded in HONORIFICS:
        return False
    between = sentence[words[place - 1].end : words[place].start]
    return bool(re.search(r"[.!?:;…“\"«•*]|[‘'(\[]$|\n", between))


def _is_name_where_all_are_capitalised(
    words: Sequence[_Word], place: int, sentence: str, ordinary: frozenset[str], *, trust: bool
) -> bool:
    """Tell whether a word that has a capital anyhow is a name: a known one, or one that stands as names do."""
    word = words[place]
    if word.folded in _KNOWN and word.folded not in ordinary:
        return True
    if trust and _is_acronym(word.text):
        return True
    if any(letter.isupper() for letter in word.text[1:]) and not word.text.isupper():
        return True  # McHenry, YouTube
    if word.folded in ordinary or word.folded in _ORDINARY or word.folded in _CONNECTING:
        return False
    if trust:
        return _stands_as_names_do(words, place, sentence)
    return not (_MASS_ENDING.search(word.folded) or _PLURAL_ENDING.search(word.folded))


def _stands_as_names_do(words: Sequence[_Word], place: int, sentence: str) -> bool:
    """Tell whether an unknown first word is a name by what follows.

    Names speak, own something, are explained behind a comma, and need no article before their verb: "Lind doubts it",
    but neither "Establish a fund" nor "Pregnant women". Common nouns without an article are told by their endings.
    Of 120 news sentences that open with a name, 110 are understood so; of all 915 sentences 5 are taken to open with a
    name that is none. The ten have a name that ends as a common noun does, or behind it neither verb nor comma.
    """
    word = words[place]
    behind = words[place + 1] if place + 1 < len(words) else None
    if _POSSESSIVE.search(word.text) or (behind is not None and behind.folded in SPEAKING):
        return not word.folded.endswith(ROLE_ENDINGS)
    if behind is not None and behind.text[0].isupper():
        explains = behind.folded in _GEOGRAPHY or _is_acronym(behind.text) or word.folded.endswith(("ing", "ly"))
        return behind.joined and not explains
    if _MASS_ENDING.search(word.folded):
        return False
    if _PLURAL_ENDING.search(word.folded):
        return behind is not None and behind.folded in _SINGULAR_VERBS
    if behind is None or sentence[word.end : word.end + 1] == "," or sentence[word.end : word.end + 2] == " (":
        return True
    if behind.folded == "and":
        return place + 2 < len(words) and words[place + 2].text[0].isupper()
    if behind.folded in _BEHIND_A_NAME:
        return True
    return re.search(r"(?:ed|ly|[^sui]s)$", behind.folded) is not None


# -- whether they stand in the source ---------------------------------------------------------------------------------

_PLACES_READ = 50  # of one word in a source; no paragraph has more
_NEAR = 4  # words between which a first and a last name stand together: "Lind, Ada", "Ada Maria van der Lind"
_NO_PART_OF_THE_NAME = (
    ((ROLES | HONORIFICS | PLURAL_ROLES | SUFFIXES | TIMES) - _GIVEN - _PARTIES) | _LINKING | PARTICLES | {"prime"}
)
_SAME = tuple(
    tuple(f" {phrase} " for phrase in group)
    for group in (
        *ONE_PLACE,
        ("EU", "european union"),
        ("UN", "united nations"),
        ("covid19", "covid"),
        ("AI", "artificial intelligence"),
        ("GOP", "republican", "republicans"),
        ("tory", "tories", "conservative", "conservatives"),
        ("democrat", "democrats", "democratic"),
        ("NYC", "new york"),
        ("WWII", "second world war", "world war two", "world war ii", "world war II"),
        ("WWI", "first world war", "world war one", "world war i"),
    )
)


def _stands(name: _Name, held: _Source) -> bool:
    words = [word for word in name.words if len(word.folded) > 1 and word.folded not in _NO_PART_OF_THE_NAME]
    if len(words) == 1 and words[0].folded in _COMMON:
        return True
    if _has_alias(words, held) or _is_shortened(words, held):
        return True
    written_as_one = {
        word for pair in pairwise(words) if pair[0].folded + pair[1].folded in held.places for word in pair
    }
    alone = [(before, word) for before, word in pairwise((None, *words)) if word not in written_as_one]
    return all(_word_stands(word, before, held) for before, word in alone if word is not None) and all(
        _stand_together(word, behind, held) for word, behind in pairwise(w for w in name.words if len(w.folded) > 1)
    )


def _has_alias(words: Sequence[_Word], held: _Source) -> bool:
    return _phrase(words) in held.aliases


def _is_shortened(words: Sequence[_Word], held: _Source) -> bool:
    """Tell whether the source has the acronym of a name that the sentence spells out."""
    letters = "".join(word.folded[:1] for word in words)
    return len(letters) > 1 and letters in held.acronyms


def _word_stands(word: _Word, before: _Word | None, held: _Source) -> bool:
    folded = word.folded
    if any(c.isdigit() for c in folded):
        return _with_digits_stands(folded, held)
    if _is_acronym(word.text):
        return _acronym_stands(word, held)
    if folded in held.capitalised or folded in held.compounds:
        return True
    personal = folded in _GIVEN or (before is not None and before.folded in _GIVEN)
    if folded in held.lower and not personal:
        return True
    return _has_alias((word,), held) or any(
        other != folded and _related(folded, other) for other in held.alike.get(folded[:3], ())
    )


def _with_digits_stands(folded: str, held: _Source) -> bool:
    forms = {folded, folded.removesuffix("s"), folded + "s"}
    return bool(forms & held.places.keys()) or folded in held.compounds


def _acronym_stands(word: _Word, held: _Source) -> bool:
    """Tell whether an acronym stands in the source, also as a name: NATO, Nato; the US is never us."""
    if {word.folded, word.folded.removesuffix("s")} & (held.acronyms | held.initials) or _has_alias((word,), held):
        return True
    return len(word.folded) > 2 and word.folded in held.capitalised and word.folded not in _NEVER_ALONE


def _related(a: str, b: str) -> bool:
    """Tell whether two words are forms of one name, or one of them the plural of the other."""
    return same_name(a, b) or _is_plural(*sorted((a, b), key=len))


def _is_plural(short: str, long: str) -> bool:
    """Tell whether a name is the plural of another: Republicans, Olympics; Roberts is not Robert's plural."""
    return long == short + "s" and short not in _GIVEN and (short in _COMMON or bool(_PEOPLE.search(short)))


_PEOPLE = re.compile(r"(?:an|ian|ist|crat|ic|ali|ani|aqi|eli)$")


def _next_word(behind: tuple[str, ...]) -> tuple[str, ...]:
    """Leave the first word that is no initial."""
    return tuple(word for word in behind if len(word) > 1)[:1]


def _stand_together(word: _Word, behind: _Word, held: _Source) -> bool:
    """Tell whether two words of a name belong together in the source: North and Korea, Ada and Lind.

    Nationalities, offices and bodies may stand apart from the name that they explain.
    """
    places = held.places.get(word.folded, ())[:_PLACES_READ]
    if word.folded in _WHICH_ONE:
        near = [_next_word(held.order[at + 1 : at + _NEAR + 1]) for at in places]
    elif word.folded in _STANDING_APART or behind.folded in _STANDING_APART or not behind.joined:
        return True
    else:
        near = [held.order[max(0, at - _NEAR) : at + _NEAR + 1] for at in places]
    return not near or any(other == behind.folded or _related(behind.folded, other) for some in near for other in some)
