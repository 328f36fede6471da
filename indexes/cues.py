"""Where a sentence says that somebody says something: a verb of saying, and the noun phrase that is its subject.

`find_cues` reads the words before the verb ("Smith, an expert on trade, says"), behind it ("said Smith"), and
"according to Smith". It reads one sentence at a time and does not know who "he" is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from indexes.clauses import Sentence, Token, ends_softly, token_at
from indexes.mentions import Mention, read_phrase
from indexes.subjects import (
    LONGEST_PHRASE,
    RELATIVES,
    across_commas,
    across_dashes,
    contiguous,
    is_comma,
    is_place,
    main_subject,
    phrase_behind,
    without_parentheses,
)
from indexes.wordlists import (
    ACTIVE_AUXILIARIES,
    ADVERBS,
    BACKGROUND,
    CLAUSE_AFTER,
    COORDINATORS,
    DOUBTFUL_AUXILIARIES,
    FINITE_VERBS,
    IDIOMS,
    JUDGING,
    NEEDS_BEHIND,
    OPENS_A_CLAUSE,
    PASSIVE_AUXILIARIES,
    PREPOSITIONS,
    PRONOUNS,
    QUESTION_WORDS,
    SPEAKING,
    STATING,
    SUBORDINATORS,
    TIMES,
    WINNINGS,
)

# Verbs whose bare form is their past too, or that stand bare behind a singular subject.
_SAME_IN_THE_PAST = frozenset({"read", "put", "hit", "forecast"})
# "The bridge will open, said Smith."
_STATES_INVERTED = frozenset("say claim warn argue insist explain suggest report note add".split())
_ASKING = frozenset({"ask", "wonder"})
_NOUNS_TOO = frozenset("state claim report note demand comment offer call question promise answer show".split())
_SETTINGS = TIMES | ADVERBS | {"on", "in", "at", "during", "late", "early", "last", "this"}
_SAYS_NOTHING = frozenset({"nothing", "little", "goodbye", "hello"})
_AS = frozenset({"describe", "characterise", "characterize"})  # "describes the plan as a mistake"


@dataclass(frozen=True, slots=True)
class Cue:
    """A verb of saying with its subject. `mention` is None where somebody speaks whom we cannot read."""

    mention: Mention | None
    verb: str
    first: int  # the tokens [first, behind) of the sentence hold subject and verb
    behind: int
    states: bool  # True where the sentence is an indirect statement even without quotation marks
    follows: bool = False  # True for "said Smith" and ", Smith said.": what was said stands before


def find_cues(sentence: Sentence) -> list[Cue]:
    """Return the cues of a sentence in reading order."""
    cues: list[Cue] = []
    words, places = without_parentheses(sentence)
    for place, token in enumerate(words):
        if token.low == "according":
            cue = _according(words, place)
        elif token.low in SPEAKING and (token.text[0].islower() or place == 0):
            cue = _cue_at(words, place, cues)
        else:
            continue
        if cue is not None and (cue.mention is not None or _is_surely_a_verb(token)):
            cues.append(cue)
    return [_in_sentence(cue, places) for cue in cues]


def _is_surely_a_verb(token: Token) -> bool:
    """Tell "said", "argued" from "offers", "request": without a readable subject only the first can be trusted."""
    return token.low == "according" or (token.low in STATING and token.low.endswith(("d", "ys", "ells", "lls")))


def _in_sentence(cue: Cue, places: Sequence[int]) -> Cue:
    """Count a cue's tokens in the whole sentence again, parentheses included."""
    return replace(cue, first=places[cue.first], behind=places[min(cue.behind, len(places)) - 1] + 1)


# ------------------------------------------------------------------------------------------------ around one verb


def _cue_at(words: Sentence, verb: int, earlier: Sequence[Cue]) -> Cue | None:
    """Read the subject of the verb at a place, before it or behind it."""
    form = words[verb].low
    if _is_bare_passive(words, verb) or not _is_idiom(words, verb):
        return None
    if form.endswith("ing"):
        return _participle(words, verb, earlier)
    before = _subject_before(words, verb, earlier)
    if before is not None and before.mention is not None:
        return before
    behind = _subject_behind(words, verb)
    return behind or before


def _is_bare_passive(words: Sentence, verb: int) -> bool:
    """Tell "a man accused of", "a letter written by" from a verb that has a speaker as its subject."""
    following = token_at(words, verb + 1)
    if following is None or words[verb].low.endswith("s"):
        return False
    return following.low == "by" or (following.low == "of" and SPEAKING[words[verb].low] == "accuse")


def _is_idiom(words: Sentence, verb: int) -> bool:
    """Tell "he went on: …" from going, and "the states were" from stating."""
    form = words[verb].low
    needed = IDIOMS.get(SPEAKING[form])
    following = token_at(words, verb + 1)
    if following is not None and following.low in FINITE_VERBS and (form.endswith("s") or form == SPEAKING[form]):
        return False
    return needed is None or (following is not None and following.low == needed)


def _subject_before(words: Sentence, verb: int, earlier: Sequence[Cue]) -> Cue | None:
    """Read "X said", "X, an expert on trade, has also said", "who said", "and added"."""
    end = _skip_auxiliaries(words, verb)
    if end is None or end == 0:
        return None
    previous = words[end - 1]
    if previous.low == "to":
        return _went_on_to(words, end, verb)
    if previous.low in COORDINATORS:
        return _coordinated(words, end - 1, verb, earlier)
    if previous.low in ("who", "which"):
        return _relative(words, end - 1, verb)
    start, mention = _phrase_before(words, end)
    if start is None or not _agrees(words, verb, end, mention):
        return None
    lemma = SPEAKING[words[verb].low]
    follows = _nothing_behind(words, verb)
    stating = lemma in _STATES_INVERTED or _is_asked(words, start, lemma)
    closes = follows and start > 0 and is_comma(words[start - 1]) and stating  # "…, he added."
    states = not _is_background(words, start) and (closes or _states(words, verb))
    return Cue(mention, lemma, start, verb + 1, states, follows)


def _phrase_before(words: Sentence, end: int) -> tuple[int | None, Mention | None]:
    """Read the noun phrase before a verb, commas and dashes away if need be."""
    previous = words[end - 1]
    if is_comma(previous):
        return across_commas(words, end - 1)
    if previous.text in ("—", "–"):
        return across_dashes(words, end - 1)
    start, mention = contiguous(words, end)
    if start and mention and is_place(mention) and is_comma(words[start - 1]):
        across = across_commas(words, end)  # "Smith of Columbia, South Carolina says"
        return across if across[1] is not None else (start, mention)
    return start, mention


def _skip_auxiliaries(words: Sentence, verb: int) -> int | None:
    """Return where the subject ends; None where the verb is passive, denied or doubtful."""
    end = verb
    while end > 0:
        token = words[end - 1]
        low = token.low
        if low in DOUBTFUL_AUXILIARIES:
            return None
        if low in PASSIVE_AUXILIARIES:
            if not words[verb].low.endswith("ing"):
                return None
        elif not (low in ACTIVE_AUXILIARIES or _is_adverb(token)):
            break
        end -= 1
    if end > 1 and words[end - 1].low == "as" and words[end - 2].low in ("quoted", "cited", "reported"):
        end -= 2
        while end > 0 and words[end - 1].low in PASSIVE_AUXILIARIES | ACTIVE_AUXILIARIES:
            end -= 1
    return end


def _is_adverb(token: Token) -> bool:
    return token.low in ADVERBS or (token.text[0].islower() and token.low.endswith("ly") and len(token.low) > 4)


def _agrees(words: Sentence, verb: int, end: int, mention: Mention | None) -> bool:
    """Refuse nouns that look like verbs: in "the Smith report" a singular subject has no bare verb behind it."""
    form = words[verb].low
    if form.endswith("s") and SPEAKING[form] in _NOUNS_TOO and mention is not None and is_place(mention):
        return False  # "Western states", "Ohio reports"
    if form != SPEAKING[form] or form in _SAME_IN_THE_PAST or end < verb:
        return True
    if mention is None or mention.kind == "group" or mention.words == ("they",):
        return True
    return mention.kind == "organisation"


def _states(words: Sentence, verb: int) -> bool:
    """Tell whether what stands behind the verb makes an indirect statement of the sentence."""
    form = words[verb].low
    lemma = SPEAKING[form]
    behind = token_at(words, verb + 1)
    if behind is not None and _is_adverb(behind):
        behind = token_at(words, verb + 2)
    low = behind.low if behind else ""
    if low == ",":  # "He adds, after a pause, that he is tired"
        low = _behind_aside(words, verb + 2)
    if low in _SAYS_NOTHING or (lemma == "claim" and _is_a_win(words, verb + 1)):
        return False
    if lemma in _AS:
        return any(token.low == "as" for token in words[verb + 1 : verb + 10])
    if form in STATING or form in JUDGING:
        needed = NEEDS_BEHIND.get(lemma)
        return needed is None or low in needed
    return low in CLAUSE_AFTER.get(lemma, ())


def _is_a_win(words: Sentence, start: int) -> bool:
    """Tell "claimed the title", "claimed two lives" from a claim in words."""
    ahead = [token.low for token in words[start : start + 3]]
    return not OPENS_A_CLAUSE.intersection(ahead[:1]) and not WINNINGS.isdisjoint(ahead)


def _behind_aside(words: Sentence, start: int) -> str:
    for place in range(start, min(start + 9, len(words) - 1)):
        if words[place].text == ",":
            return words[place + 1].low
    return ""


def _nothing_behind(words: Sentence, verb: int) -> bool:
    """Tell whether no more than "on Monday" stands behind the verb, so that what was said stands before it."""
    if verb < 2:
        return False
    for place in range(verb + 1, min(verb + 9, len(words))):
        token = words[place]
        if token.text in (".", ";") or (token.text == "," and place == verb + 1):
            return True
        if token.kind != "word" or (place == verb + 1 and not _is_setting(token)) or token.low in SUBORDINATORS:
            return False
    return verb + 1 >= len(words)


def _is_setting(token: Token) -> bool:
    """Tell whether a word behind a verb begins the time or place of saying: "said on Monday", "reported late"."""
    return token.low in _SETTINGS


def _is_background(words: Sentence, first: int) -> bool:
    """Tell whether a cue stands in a clause like "While Smith has said so, …" or "a claim that Smith denies"."""
    if first and words[first - 1].low in RELATIVES | BACKGROUND | {"what", "how", "why"}:
        return True
    start = first
    while start > 0 and first - start < LONGEST_PHRASE and words[start - 1].kind == "word":
        start -= 1
    return start < len(words) and words[start].low in BACKGROUND


def _relative(words: Sentence, who: int, verb: int) -> Cue | None:
    """Read "Smith, who said": the name before "who"."""
    end = who - 1 if who and words[who - 1].text == "," else who
    start, mention = contiguous(words, end)
    if mention is None or start is None or mention.kind != "name":
        return Cue(None, SPEAKING[words[verb].low], who, verb + 1, states=False)
    return Cue(mention, SPEAKING[words[verb].low], start, verb + 1, states=False)


def _went_on_to(words: Sentence, end: int, verb: int) -> Cue | None:
    """Read "Smith went on to say"."""
    if end < 3 or words[end - 2].low != "on" or words[end - 3].low not in ("went", "goes"):
        return None
    start, mention = contiguous(words, end - 3)
    if mention is None or start is None:
        return None
    return Cue(mention, SPEAKING[words[verb].low], start, verb + 1, _states(words, verb))


def _coordinated(words: Sentence, coordinator: int, verb: int, earlier: Sequence[Cue]) -> Cue | None:
    """Read "Smith shrugged and said": the subject stands before the first verb."""
    if words[coordinator].low not in ("and", "but", "yet"):
        return None
    lemma = SPEAKING[words[verb].low]
    if words[verb].low == lemma and lemma not in _SAME_IN_THE_PAST:
        return None
    mention = earlier[-1].mention if earlier else main_subject(words[:coordinator])
    if mention is None:
        return None
    return Cue(mention, lemma, coordinator, verb + 1, _states(words, verb) and not earlier)


def _participle(words: Sentence, verb: int, earlier: Sequence[Cue]) -> Cue | None:
    """Read "Smith was telling", "with Smith stating", "…, saying": who does it stands before."""
    end = _skip_auxiliaries(words, verb)
    previous = None if end is None else token_at(words, end - 1)
    if end is None or previous is None:
        return None
    if words[end].low in PASSIVE_AUXILIARIES | ACTIVE_AUXILIARIES or previous.capital:
        return _participle_of_a_name(words, end, verb)
    if is_comma(previous) or previous.kind == "quotation" or previous.low in ("by", "before", "and", "while"):
        mention = earlier[-1].mention if earlier else main_subject(words[:end])
        return Cue(mention, SPEAKING[words[verb].low], end - 1, verb + 1, states=False) if mention else None
    return None


def _participle_of_a_name(words: Sentence, end: int, verb: int) -> Cue | None:
    """Read "Smith was telling" and "with Smith stating"; in "the law Smith wrote, adding" Smith adds nothing."""
    start, mention = contiguous(words, end)
    if start is None or mention is None or mention.kind not in ("name", "pronoun", "organisation"):
        return None
    progressive = words[end].low in PASSIVE_AUXILIARIES | ACTIVE_AUXILIARIES
    introduced = any(token.low == "with" for token in words[max(0, start - 1) : end])
    if not (progressive or (introduced and mention.kind == "name")):
        return None
    return Cue(mention, SPEAKING[words[verb].low], start, verb + 1, progressive and _states(words, verb))


def _subject_behind(words: Sentence, verb: int) -> Cue | None:
    """Read "said Smith", "says a spokesman for Acme": behind a quotation, or behind a comma and before a stop."""
    place = verb
    while place > 0 and _is_adverb(words[place - 1]):
        place -= 1
    previous = words[place - 1] if place else None
    quoted = previous is not None and _is_quotation_end(words, place - 1)
    if previous is not None and not quoted and not is_comma(previous):
        return None
    lemma = SPEAKING[words[verb].low]
    bare = words[verb].low == lemma and lemma not in _SAME_IN_THE_PAST
    if lemma == "tell" or ((previous is None or bare) and lemma != "say"):
        return None
    end, mention = phrase_behind(words, verb + 1)
    if end == verb + 1 or words[verb + 1].low in PREPOSITIONS:
        return None
    if not quoted and not _stops(words, end):
        return None
    if mention is None and not (quoted or token_at(words, end) is None or words[end].low == "who"):
        return None
    stating = lemma in _STATES_INVERTED or _is_asked(words, verb, lemma)
    return Cue(mention, lemma, verb, end, states=stating and not quoted, follows=True)


def _is_asked(words: Sentence, first: int, lemma: str) -> bool:
    """Tell "Where, she asked, would they go?" from "When the rain came, she asked for help"."""
    opener = words[1] if words[0].low in COORDINATORS and len(words) > 1 else words[0]
    if lemma not in _ASKING or first < 2 or words[-1].text != "?":
        return False
    return opener.low in QUESTION_WORDS or opener.low in FINITE_VERBS


def _is_quotation_end(words: Sentence, place: int) -> bool:
    """Tell whether a quotation stands at a place, perhaps with a comma outside its marks."""
    token = words[place]
    if token.kind == "quotation":
        return True
    return token.text in (",", "-", "—", "–") and place > 0 and words[place - 1].kind == "quotation"


def _stops(words: Sentence, end: int) -> bool:
    following = token_at(words, end)
    return following is None or following.low == "who" or (following.kind == "mark" and following.text in ".,;:—–-")


def _according(words: Sentence, place: int) -> Cue | None:
    """Read "according to Smith"."""
    following = token_at(words, place + 1)
    if following is None or following.low != "to":
        return None
    end, mention = phrase_behind(words, place + 2)
    if end == place + 2:
        return None
    return Cue(mention, "according", place, end, states=True, follows=place > 0)


def unknown_verb_behind(sentence: Sentence, quotation: int) -> Cue | None:
    """Read `“…,” Smith surmised`: any verb may stand there when the quotation ends with a comma."""
    if not ends_softly(sentence[quotation].text):
        return None
    start = quotation + 1
    if start < len(sentence) and sentence[start].text in (",", "—", "–"):
        start += 1
    end = start
    while end < len(sentence) and end - start < 6 and (sentence[end].capital or sentence[end].low in PRONOUNS):
        end += 1
    verb = token_at(sentence, end)
    if end == start or verb is None or not _looks_like_a_verb(verb):
        return None
    mention = read_phrase(sentence[start:end])
    if mention is None or mention.kind not in ("name", "pronoun") or mention.words[0] == "it":
        return None
    return Cue(mention, verb.low, start, end + 1, states=False, follows=True)


def unknown_verb_before(sentence: Sentence, quotation: int) -> Cue | None:
    """Read `Smith cracked, “…”`: any verb may stand between a name and a comma or colon."""
    verb = quotation - 2
    if verb < 1 or sentence[quotation - 1].text not in (",", ":") or not _looks_like_a_verb(sentence[verb]):
        return None
    start, mention = contiguous(sentence, verb)
    if start is None or mention is None or mention.kind not in ("name", "pronoun") or mention.words[0] == "it":
        return None
    return Cue(mention, sentence[verb].low, start, verb + 1, states=False)


def _looks_like_a_verb(token: Token) -> bool:
    if token.kind != "word" or not token.text.islower() or token.low in FINITE_VERBS:
        return False
    return token.low.endswith("ed") or (token.low.endswith("s") and len(token.low) > 3)
