"""How a noun phrase refers to somebody: by name, by pronoun, by role, as an organisation.

"Malaysia's Prime Minister", "a spokesman for the ministry", "team captain Jane Smith": `read_phrase` reads each as
a Mention. Who is meant by it is not known here; that takes the whole article (`indexes.people`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from indexes.clauses import Sentence, Token
from indexes.wordlists import (
    ABBREVIATED_ROLES,
    DETERMINERS,
    DOCUMENTS,
    FAMILY_FIRST,
    FEMALE_NAMES,
    FEMALE_WORDS,
    FIRMS_OF,
    HONORIFICS,
    MALE_NAMES,
    MALE_WORDS,
    NATIONALITIES,
    NO_LONGER,
    OPENERS,
    ORGANISATION_NAMES,
    ORGANISATIONS,
    PARTICLES,
    PLACES,
    PLURAL_ROLES,
    POSSESSIVE_PRONOUNS,
    PREPOSITIONS,
    PRONOUNS,
    ROLE_ENDINGS,
    ROLES,
    SUFFIXES,
    TIMES,
)

MentionKind = Literal["name", "pronoun", "role", "organisation", "document", "group"]
Gender = Literal["m", "f", ""]

_LONGEST_NAME = 5
# "Leeds-based", "Oscar-winner"
_DESCRIBES = (
    "-based",
    "-born",
    "-backed",
    "-led",
    "-winner",
    "-winning",
    "-area",
    "-style",
    "-turned",
    "-elect",
    "-owned",
)
_JOINS_A_FIELD = frozenset({"of", "for", "and", "the"})
_QUALIFIERS = frozenset({"prime", "vice", "deputy", "assistant", "under"})
_POSTNOMINALS = frozenset("kc qc sc mp mep obe mbe cbe msp td phd md".split())
_OFFICE_OF = frozenset({"of", "at"})
_JOBS = ROLES | {"fan", "master"}
_IN_A_JOB = _JOBS | _QUALIFIERS | NO_LONGER | ORGANISATIONS | {"and", "managing", "co-chief", "first-team", "interim"}
_SPOKESPERSONS = frozenset({"spokesman", "spokeswoman", "spokesperson", "representative"})


@dataclass(frozen=True, slots=True)
class Mention:
    """How a sentence refers to somebody, before we know who that is."""

    kind: MentionKind
    words: tuple[str, ...]
    start: int  # where it stands in the paragraph
    gender: Gender = ""
    titled: bool = False  # "Ms Okafor", "coach Okafor"
    roles: frozenset[str] = frozenset()
    definite: bool = False  # "the minister", not "a minister"
    loose: bool = False  # what a sentence seems to be about, not the subject of a verb of saying

    @property
    def text(self) -> str:
        return " ".join(self.words)


def read_phrase(tokens: Sequence[Token]) -> Mention | None:
    """Read a noun phrase without commas as a mention; None where it means nobody that we can tell."""
    phrase = _without_openers(tokens)
    if not phrase:
        return None
    if len(phrase) == 1 and phrase[0].low in PRONOUNS and not phrase[0].possessive:
        return _pronoun(phrase[0])
    if phrase[0].low in ("i", "we", "you"):
        return Mention("group", (phrase[0].low,), phrase[0].start)
    leading = _leading_name(phrase)
    if leading is not None and leading.kind == "name":
        return leading
    named = _inner_name(phrase) or _trailing_name(phrase)
    if named is not None and (named.kind == "name" or leading is None):
        return named
    return leading or _by_head_noun(phrase)


def read_title_of_organisation(phrase: Sequence[Token]) -> Mention | None:
    """Read "the Harbour and Cannery Workers' Union" as one name; "the Council and the Union" are two."""
    words = phrase[1:]
    if len(words) < 2 or phrase[0].low != "the" or words[-1].possessive or words[-1].low not in ORGANISATIONS:
        return None
    if any(token.low == "the" or not (token.capital or token.low in _JOINS_A_FIELD) for token in words):
        return None
    if roles_in(words) or not words[0].capital:
        return None
    return Mention("organisation", tuple(token.text for token in words), phrase[0].start, definite=True)


def names_in(sentence: Sentence) -> Iterator[tuple[Mention, int, int]]:
    """Yield every person's name in a sentence, with the tokens [first, behind) that it takes, titles included."""
    return (found for found in mentions_in(sentence) if found[0].kind == "name")


def mentions_in(sentence: Sentence) -> Iterator[tuple[Mention, int, int]]:
    """Yield whatever a sentence names with capitals: people, organisations, titles without a name."""
    place = 0
    while place < len(sentence):
        if not sentence[place].capital:
            place += 1
            continue
        start, end = place, _run_end(sentence, place)
        while start < end and _opens_wrongly(sentence, start):
            start += 1
        if start < end:
            definite = start > 0 and sentence[start - 1].low == "the"
            mention = _read_run(sentence[start:end], definite)
            if mention and mention.kind == "organisation":
                mention = replace(mention, words=mention.words + _field(sentence, end))
            if mention:
                yield _with_role_before(mention, sentence[max(0, start - 4) : start]), start, end
        place = end


def end_of_name(found: tuple[Mention, int, int]) -> int:
    """Return where a name of `mentions_in` ends, "of Health" of "Ministry of Health" included."""
    mention, first, behind = found
    return max(behind, first + len(mention.words)) if mention.kind == "organisation" else behind


def gender_of_name(words: Sequence[str]) -> Gender:
    """Tell a man's name from a woman's, by the given name; "" where it tells nothing."""
    given = words[0].lower()
    if len(words) < 2 or given in FAMILY_FIRST:
        return ""
    male, female = given in MALE_NAMES, given in FEMALE_NAMES
    if male == female:
        return ""
    return "m" if male else "f"


def gender_of_words(words: Iterable[str]) -> Gender:
    """Tell the gender that titles and roles show: "spokeswoman", "Mr"."""
    found: set[Gender] = set()
    for word in words:
        if word in MALE_WORDS:
            found.add("m")
        elif word in FEMALE_WORDS:
            found.add("f")
    return found.pop() if len(found) == 1 else ""


def roles_in(tokens: Sequence[Token]) -> frozenset[str]:
    """Return the roles that words tell of; a prime minister is not "the minister"."""
    roles = set()
    for place, token in enumerate(tokens):
        low = token.low.rstrip(".")
        low = ABBREVIATED_ROLES.get(low, low)
        past = any(before.low in NO_LONGER for before in tokens[max(0, place - 2) : place])
        if low in ROLES and not token.possessive and not past:
            before = tokens[place - 1].low if place else ""
            roles.add(f"{before} {low}" if before in _QUALIFIERS else low)
    return frozenset(roles)


# ---------------------------------------------------------------------------------------------------- parts of a phrase


def _pronoun(token: Token) -> Mention:
    genders: dict[str, Gender] = {"he": "m", "she": "f"}
    return Mention("pronoun", (token.low,), token.start, genders.get(token.low, ""))


def _without_openers(tokens: Sequence[Token]) -> list[Token]:
    """Drop "But", "Meanwhile", "Yesterday" in front; determiners stay, they tell a role from a name."""
    phrase = [token for token in tokens if token.kind == "word"]
    start = 0
    while start < len(phrase) and _only_opens(phrase, start):
        start += 1
    return phrase[start:]


def _only_opens(phrase: Sequence[Token], place: int) -> bool:
    token = phrase[place]
    if token.low in DETERMINERS or token.low in PRONOUNS or token.possessive:
        return False
    if _is_given_name(token) and place + 1 < len(phrase) and phrase[place + 1].capital:
        return False  # "Will Smith", "April Jones"
    return token.low in OPENERS


def _leading_name(phrase: Sequence[Token]) -> Mention | None:
    """Read "Jane Smith of Acme", "Dr Smith": a name at the front, then nothing or a preposition."""
    end = _run_end(phrase, 0)
    if not end or phrase[end - 1].possessive:
        return None
    behind = phrase[end] if end < len(phrase) else None
    if behind and behind.low not in PREPOSITIONS and not behind.text[0].isdigit():
        return None
    mention = _read_run(phrase[:end], definite=False)
    if mention is not None and mention.kind == "organisation":
        return replace(mention, words=mention.words + _field(phrase, end))
    return mention if mention and mention.kind != "role" else None


def _inner_name(phrase: Sequence[Token]) -> Mention | None:
    """Read "former coach Jane Smith of Leeds": a name in the middle, with a preposition behind it."""
    for place in range(1, len(phrase) - 1):
        before, behind = phrase[place], phrase[place + 1]
        if before.capital and not before.possessive and behind.low in PREPOSITIONS:
            mention = _trailing_name(phrase[: place + 1])
            if mention is not None and mention.kind == "name" and len(mention.words) > 1:
                return mention
    return None


def _trailing_name(phrase: Sequence[Token]) -> Mention | None:
    """Read "team member Jane Smith", "Tunisia's coach Jane Smith": a name at the end."""
    start = _run_start(phrase)
    if start == len(phrase):
        return None
    before = phrase[:start]
    if before and before[-1].low in PREPOSITIONS:
        return _name_behind_an_office(before, phrase[start:])
    if len(phrase) - start == 1 and holds_office(before):
        return None  # "the boss of retailer Acme"
    definite = bool(before) and before[-1].low in {"the", "this", "that"}
    if definite and roles_in(before) and 0 < _name_start(phrase[start:]) < len(phrase) - start - 1:
        definite = False  # "the ambassador to the United States Jane Smith"
    mention = _read_run(phrase[start:], definite)
    if mention is None or mention.kind == "role":
        return mention
    roles = mention.roles | roles_in(before)
    gender = mention.gender or gender_of_words(token.low for token in before if not token.possessive)
    return replace(mention, gender=gender, titled=mention.titled or bool(roles), roles=roles)


def holds_office(phrase: Sequence[Token]) -> bool:
    """Tell "the boss of retailer …": a role with its organisation behind it, and no role behind that."""
    office = next((i for i, token in enumerate(phrase) if i and token.low in _OFFICE_OF), None)
    return office is not None and phrase[office - 1].low in ROLES and not roles_in(phrase[office:])


def job_behind(sentence: Sentence, behind: int, owned: bool = False) -> int:
    """Return where "chief executive" of "Acme chief executive Jane Smith" ends; `behind` where none follows "Acme".

    `owned`: "Acme's chief executive", and no other.
    """
    end = behind
    while end < len(sentence) and sentence[end].text.islower() and sentence[end].low in _IN_A_JOB:
        end += 1
    if end == behind or sentence[behind - 1].possessive is not owned or sentence[end - 1].low not in _JOBS:
        return behind
    return behind if end < len(sentence) and sentence[end].low in PREPOSITIONS else end


def _name_behind_an_office(before: Sequence[Token], run: Sequence[Token]) -> Mention | None:
    """Read "Minister of Education Jane Smith", "director of the Aid Council Jane Smith"."""
    roles = roles_in(before)
    cut = _name_start(run)
    if not roles or not 0 < cut < len(run):
        return None
    mention = _read_run(run, definite=False)
    if mention is None or mention.kind != "name" or (len(mention.words) == 1 and not mention.titled):
        return None
    return replace(mention, titled=True, roles=mention.roles | roles)


def _run_end(phrase: Sequence[Token], start: int) -> int:
    """Return the end of the run of capitalised words that begins at `start`; a possessive ends it."""
    end = place = start
    while place < len(phrase):
        token = phrase[place]
        if token.capital:
            end = place + 1
            if token.possessive:
                break
        elif not (end > start and token.low in PARTICLES):
            break
        place += 1
    return end


def _run_start(phrase: Sequence[Token]) -> int:
    """Return the start of the run of capitalised words at the end of a phrase."""
    if not phrase[-1].capital or phrase[-1].possessive:
        return len(phrase)
    start = place = len(phrase) - 1
    while place > 0:
        token = phrase[place - 1]
        if token.possessive or not (token.capital or token.low in PARTICLES):
            break
        place -= 1
        if token.capital:
            start = place
    return start


# ----------------------------------------------------------------------------------------- a run of capitalised words


def _read_run(run: Sequence[Token], definite: bool) -> Mention | None:
    """Read capitalised words: titles, organisations and places in front, perhaps a person's name behind."""
    while len(run) > 1 and run[0].low.endswith(_DESCRIBES):
        run = run[1:]
    while len(run) > 2 and run[-1].low in _POSTNOMINALS:
        run = run[:-1]
    if any(token.text == "&" for token in run):
        if len(run) > 3 and run[0].low in FIRMS_OF and run[1].text != "&":
            run = run[1:]
        return Mention("organisation", tuple(_bare(token) for token in run), run[0].start, definite=True)
    if definite and len(run) == 1 and run[0].low.endswith(("man", "woman")):
        return Mention("role", (run[0].low,), run[0].start)  # "the Irishman"
    cut = _name_start(run)
    if cut and len(run) - cut == 3 and not (_is_title(run[cut - 1]) or _is_given_name(run[cut])):
        cut += 1  # "the University of Texas Arlington Jane Smith"
    before, name = run[:cut], run[cut:]
    titles = frozenset(token.low.rstrip(".") for token in before)
    titled = any(_is_title(token) for token in before)
    if name and not _is_tail_of_a_thing(before, name, definite, titled):
        words = tuple(_bare(token) for token in name)
        gender = gender_of_words(titles) or gender_of_name(words)
        return Mention("name", words, name[0].start, gender, titled, roles_in(before))
    if len(run) > 1 and all(token.low in TIMES or _is_people(token.low) or token.text.isdigit() for token in run):
        return None
    if not name and _is_title(run[-1]):
        last = run[-1].low.rstrip(".")
        return Mention(
            "role", (run[-1].text,), run[0].start, gender_of_words([last]), roles=roles_in(run), definite=True
        )
    return Mention("organisation", tuple(_bare(token) for token in run), run[0].start, definite=True)


def _is_tail_of_a_thing(before: Sequence[Token], name: Sequence[Token], definite: bool, titled: bool) -> bool:
    """Tell "the Straits Gazette Online" and "Environment Canada Now" from a person after a title."""
    if _is_given_name(name[0]):
        return False
    if definite and not titled:
        return True
    return len(name) == 1 and bool(before) and not (before[-1].low in NATIONALITIES or _is_title(before[-1]))


def _name_start(run: Sequence[Token]) -> int:
    """Return where the person's name starts in a run of capitalised words; its length where there is none."""
    if len(run) > 1:
        protected = _given_name_before(run)
        if protected is not None:
            return protected
    start = len(run)
    while start and not _is_barrier(run[start - 1]):
        start -= 1
    while start < len(run) and run[start].low in SUFFIXES:
        start += 1
    if start and start < len(run) <= start + 2 and run[start - 1].low in FAMILY_FIRST:
        start -= 1  # "Trade Minister Park Ji-won"
    return max(start, len(run) - _LONGEST_NAME) if start < len(run) else len(run)


def _given_name_before(run: Sequence[Token]) -> int | None:
    """Protect "Charlotte Church" and "Jack London": a given name makes a person of a thing or a place."""
    if len(run) == 2 and _is_given_name(run[0]) and not _is_title(run[0]):
        return 0
    if _is_barrier(run[-1]):
        place = len(run) - 2
        while place > 0 and _is_initial(run[place]):
            place -= 1
        if _is_given_name(run[place]) and not _is_barrier(run[place]):
            return place
    return None


def _is_initial(token: Token) -> bool:
    return token.text[-1] == "." and token.text[0].isupper() and len(token.text) < 5 and not _is_title(token)


def _is_barrier(token: Token) -> bool:
    """Tell whether a capitalised word cannot be part of a person's name: Ministry, Monday, Paris, NATO."""
    low = token.low.rstrip(".")
    if low in ORGANISATION_NAMES or low in PLACES or low in TIMES or _is_people(low) or _is_title(token):
        return True
    acronym = 1 < len(token.text) < 6 and token.text.isupper() and "." not in token.text
    return token.text[0].isdigit() or (acronym and low not in SUFFIXES)


def _is_people(low: str) -> bool:
    """Tell "Russian" and "Russians"."""
    return low in NATIONALITIES or (low.endswith("s") and low[:-1] in NATIONALITIES)


def _is_title(token: Token) -> bool:
    low = token.low.rstrip(".")
    return low in ROLES or low in HONORIFICS or (low.endswith(ROLE_ENDINGS) and token.text[1:].islower())


def _is_given_name(token: Token) -> bool:
    return token.capital and (token.low in MALE_NAMES or token.low in FEMALE_NAMES)


def _bare(token: Token) -> str:
    """Return a name's word without its possessive ending."""
    return token.text[: len(token.low)] if token.possessive else token.text


def _with_role_before(mention: Mention, before: Sequence[Token]) -> Mention:
    """Add "team captain" of "team captain Jane Smith" to a name."""
    if mention.kind != "name":
        return mention
    place = len(before)
    while place and (before[place - 1].low in ROLES or before[place - 1].low in _QUALIFIERS):
        place -= 1
    roles = roles_in(before[place:])
    if not roles:
        return mention
    gender = mention.gender or gender_of_words(roles)
    return replace(mention, gender=gender, titled=True, roles=mention.roles | roles)


def _opens_wrongly(sentence: Sentence, place: int) -> bool:
    """Tell whether a capitalised word only opens the sentence: "But Smith", "When Smith"."""
    token = sentence[place]
    following = sentence[place + 1] if place + 1 < len(sentence) else None
    if _is_given_name(token) and following is not None and following.capital:
        return False
    return token.low in OPENERS and token.text[1:].islower() and not token.possessive


# ------------------------------------------------------------------------------------------------- without a name


def _by_head_noun(phrase: Sequence[Token]) -> Mention | None:
    """Read a phrase without a name: "the minister", "a spokesman for the ministry", "Smith's statement"."""
    end = next((i for i, token in enumerate(phrase) if i and token.low in PREPOSITIONS), len(phrase))
    head = phrase[end - 1]
    low = head.low
    definite = phrase[0].low in {"the", "this"} or (phrase[0].possessive and end > 1)
    if low in _SPOKESPERSONS:
        return _spoken_for(phrase, end) or _role(phrase, end, definite)
    if low in DOCUMENTS:
        return _document(phrase, end)
    if low == "police" or (low in ORGANISATIONS and definite):
        return _organisation(phrase, end)
    if low.endswith("-year-old") and definite:
        return Mention("role", (low,), head.start, definite=True)
    if low in PLURAL_ROLES:
        return Mention("group", (low,), head.start)
    if low in ROLES or low in MALE_WORDS or low in FEMALE_WORDS:
        return _role(phrase, end, definite)
    return None


def _role(phrase: Sequence[Token], end: int, definite: bool) -> Mention:
    head = phrase[end - 1]
    owned = phrase[0].low in POSSESSIVE_PRONOUNS or (end > 1 and phrase[end - 2].possessive)
    gender = gender_of_words([head.low])
    # "her lawyer", "Smith's lawyer": not somebody whom the article need have named
    return Mention(
        "role", (head.low,), head.start, gender, roles=roles_in(phrase[:end]), definite=definite and not owned
    )


def _spoken_for(phrase: Sequence[Token], end: int) -> Mention | None:
    """Read "a spokesman for the Acme Group" and "an Acme spokesman" as the organisation that speaks."""
    behind = phrase[end + 1 :] if end < len(phrase) and phrase[end].low in {"for", "of", "from"} else []
    for part in (behind, phrase[: end - 1]):
        run = _capitalised(part)
        if run:
            return Mention("organisation", run, phrase[0].start, definite=True)
    if any(token.low == "police" for token in phrase):
        return Mention("organisation", ("police",), phrase[0].start, definite=True)
    if behind and behind[-1].low in ORGANISATIONS and behind[0].low == "the":
        return Mention("organisation", tuple(token.text for token in behind[1:]), phrase[0].start, definite=True)
    if end > 1 and phrase[end - 2].low in ORGANISATIONS:
        return Mention("organisation", (phrase[end - 2].low,), phrase[0].start, definite=True)
    return None


def _capitalised(part: Sequence[Token]) -> tuple[str, ...]:
    """Return the words of a capitalised name that stands at the front of a phrase, "the" aside."""
    start = 1 if part and part[0].low in DETERMINERS else 0
    run = part[start : _run_end(part, start)]
    if all(token.low in NATIONALITIES or token.low in TIMES for token in run):
        return ()
    return tuple(_bare(token) for token in run)


def _document(phrase: Sequence[Token], end: int) -> Mention:
    """Read "Smith's statement", "the Home Office letter", "the report": whose words it holds, where that is said."""
    head, before = phrase[end - 1], phrase[: end - 1]
    owner = next((token for token in before if token.possessive and not token.capital), None)
    if owner is not None and owner.low in ORGANISATIONS:
        return Mention("organisation", (owner.low,), head.start, definite=True)  # "the bank's statement"
    if owner is not None or (before and before[0].low in POSSESSIVE_PRONOUNS):
        return Mention("group", (head.low,), head.start)
    return Mention("document", _capitalised(before), head.start, roles=frozenset({head.low}))


def _organisation(phrase: Sequence[Token], end: int) -> Mention | None:
    """Read "the ministry", "the Ministry of Health"."""
    if phrase[0].low in POSSESSIVE_PRONOUNS:
        return None
    start = 1 if phrase[0].low in DETERMINERS else 0
    words = tuple(token.text for token in phrase[start:end])
    if phrase[end - 1].capital:
        words = tuple(_bare(token) for token in phrase[start:end]) + _field(phrase, end)
    return Mention("organisation", words, phrase[0].start, definite=True)


def _field(phrase: Sequence[Token], end: int) -> tuple[str, ...]:
    """Return "of Health and Consumer Affairs", where that stands behind "Ministry"."""
    field = end
    if phrase[end - 1].low in ORGANISATIONS and end < len(phrase) and phrase[end].low in ("of", "for"):
        place = end
        while place < len(phrase) and (phrase[place].capital or phrase[place].low in _JOINS_A_FIELD):
            place += 1
            if phrase[place - 1].capital:
                field = place
    return tuple(_bare(token) for token in phrase[end:field])
