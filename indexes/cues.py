"""Where a sentence says that somebody says something: a verb of saying, and the noun phrase that is its subject.

`find_cues` reads the words before the verb ("Smith, an expert on trade, says"), behind it ("said Smith"), and
"according to Smith". It reads one sentence at a time and does not know who "he" is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from indexes.clauses import Sentence, Token, ends_softly
from indexes.mentions import Mention, mentions_in, read_phrase
from indexes.quotations import word_count
from indexes.wordlists import (
    ACTIVE_AUXILIARIES,
    ADVERBS,
    BACKGROUND,
    CLAUSE_AFTER,
    COORDINATORS,
    DETERMINERS,
    DOUBTFUL_AUXILIARIES,
    FINITE_VERBS,
    IDIOMS,
    JUDGING,
    NATIONALITIES,
    NEEDS_BEHIND,
    OPENERS,
    OPENS_A_CLAUSE,
    PASSIVE_AUXILIARIES,
    PLACES,
    PREPOSITIONS,
    PRONOUNS,
    QUOTING,
    ROLES,
    STATING,
    SUBORDINATORS,
    TIMES,
    WINNINGS,
)

SPEAKING = {**QUOTING, **JUDGING, **STATING}
# Verbs whose bare form is their past too, or that stand bare behind a singular subject.
_SAME_IN_THE_PAST = frozenset({"read", "put", "hit", "forecast"})
_LONGEST_SUBJECT = 60  # tokens; keeps the reading of hostile sentences linear
_LONGEST_PHRASE = 16
_TITLE = 4  # words; a longer quotation is no title inside somebody's description
_SAYS_NOTHING = frozenset({"nothing", "little", "goodbye", "hello"})
_AS = frozenset({"describe", "characterise", "characterize"})  # "describes the plan as a mistake"
_RELATIVES = frozenset({"who", "which", "that", "whose", "whom", "where"})


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
    words = _without_parentheses(sentence)
    for place, (index, token) in enumerate(words):
        if token.low == "according":
            cue = _according(words, place)
        elif token.low in SPEAKING and (token.text[0].islower() or place == 0):
            cue = _cue_at(words, place, cues)
        else:
            continue
        if cue is not None and (cue.mention is not None or _is_surely_a_verb(token)):
            cues.append(_in_sentence(cue, words, index))
    return cues


def _is_surely_a_verb(token: Token) -> bool:
    """Tell "said", "argued" from "offers", "request": without a readable subject only the first can be trusted."""
    return token.low == "according" or (token.low in STATING and token.low.endswith(("d", "ys", "ells", "lls")))


def main_subjects(sentence: Sentence) -> Iterator[Mention]:
    """Yield whom a sentence may be about, likeliest first: the pronoun that opens it, the people whom it names."""
    for token in sentence[:4]:
        if token.low in PRONOUNS and not token.possessive:
            mention = read_phrase([token])
            if mention is not None:
                yield mention
            return
        if token.low not in OPENERS and token.kind == "word":
            break
    for mention, first, behind in mentions_in(sentence):
        before = sentence[first - 1] if first else None
        if before is not None and (before.low in PREPOSITIONS or before.low in COORDINATORS):
            continue
        if _quoted_between(sentence, first):
            return
        if sentence[behind - 1].possessive or mention.kind == "role":
            continue
        if mention.kind == "name" or _opens_as_subject(sentence, mention, first, behind):
            yield replace(mention, loose=True)


def _opens_as_subject(sentence: Sentence, mention: Mention, first: int, behind: int) -> bool:
    """Tell an organisation that a sentence is about from a dateline and from "Russian"."""
    opens = all(token.low in OPENERS for token in sentence[:first])
    goes_on = behind < len(sentence) and sentence[behind].kind == "word"
    return opens and goes_on and (len(mention.words) > 1 or not mention.text[1:].islower())


def main_subject(sentence: Sentence) -> Mention | None:
    """Return whom a sentence is likeliest about."""
    return next(main_subjects(sentence), None)


def _quoted_between(sentence: Sentence, first: int) -> bool:
    return any(token.kind == "quotation" for token in sentence[:first])


Words = list[tuple[int, Token]]  # tokens with their index in the whole sentence


def _without_parentheses(sentence: Sentence) -> Words:
    """Leave out "(D-Ohio)", so that subject and verb meet; a quotation in parentheses stays."""
    words: Words = []
    depth = 0
    for index, token in enumerate(sentence):
        if token.text in ("(", "["):
            depth += 1
        elif token.text in (")", "]"):
            depth = max(0, depth - 1)
        elif not depth or token.kind == "quotation":
            words.append((index, token))
    return words


def _in_sentence(cue: Cue, words: Words, index: int) -> Cue:
    """Count a cue's tokens in the whole sentence again, parentheses included."""
    last = words[min(cue.behind, len(words)) - 1][0] + 1
    return Cue(cue.mention, cue.verb, words[cue.first][0], last, cue.states, cue.follows)


# ------------------------------------------------------------------------------------------------ around one verb


def _cue_at(words: Words, verb: int, earlier: Sequence[Cue]) -> Cue | None:
    """Read the subject of the verb at a place, before it or behind it."""
    form = words[verb][1].low
    if _is_bare_passive(words, verb) or not _is_idiom(words, verb):
        return None
    if form.endswith("ing"):
        return _participle(words, verb, earlier)
    before = _subject_before(words, verb, earlier)
    if before is not None and before.mention is not None:
        return before
    behind = _subject_behind(words, verb)
    return behind or before


def _is_bare_passive(words: Words, verb: int) -> bool:
    """Tell "a man accused of", "a letter written by" from a verb that has a speaker as its subject."""
    following = _token(words, verb + 1)
    if following is None or words[verb][1].low.endswith("s"):
        return False
    return following.low == "by" or (following.low == "of" and SPEAKING[words[verb][1].low] == "accuse")


def _is_idiom(words: Words, verb: int) -> bool:
    """Tell "he went on: …" from going, and "the states were" from stating."""
    form = words[verb][1].low
    needed = IDIOMS.get(SPEAKING[form])
    following = _token(words, verb + 1)
    if following is not None and following.low in FINITE_VERBS and (form.endswith("s") or form == SPEAKING[form]):
        return False
    return needed is None or (following is not None and following.low == needed)


def _subject_before(words: Words, verb: int, earlier: Sequence[Cue]) -> Cue | None:
    """Read "X said", "X, an expert on trade, has also said", "who said", "and added"."""
    end = _skip_auxiliaries(words, verb)
    if end is None or end == 0:
        return None
    previous = words[end - 1][1]
    if previous.low == "to":
        return _went_on_to(words, end, verb)
    if previous.low in COORDINATORS:
        return _coordinated(words, end - 1, verb, earlier)
    if previous.low in ("who", "which"):
        return _relative(words, end - 1, verb)
    if _is_comma(previous):
        start, mention = _across_commas(words, end - 1)
    elif previous.text in ("—", "–"):
        start, mention = _across_dashes(words, end - 1)
    else:
        start, mention = _contiguous(words, end)
    if start and mention and mention.kind == "organisation" and _is_comma(words[start - 1][1]) and _is_place(mention):
        across = _across_commas(words, end)  # "Smith of Columbia, South Carolina says"
        start, mention = across if across[1] is not None else (start, mention)
    if mention is None and start is None:
        return None
    first = end if start is None else start
    if not _agrees(words, verb, end, mention):
        return None
    background = _is_background(words, first)
    states = not background and _states(words, verb)
    return Cue(mention, SPEAKING[words[verb][1].low], first, verb + 1, states, _nothing_behind(words, verb))


def _is_place(mention: Mention) -> bool:
    return all(word.lower() in PLACES or word.lower() in NATIONALITIES for word in mention.words)


def _skip_auxiliaries(words: Words, verb: int) -> int | None:
    """Return where the subject ends; None where the verb is passive, denied or doubtful."""
    end = verb
    while end > 0:
        token = words[end - 1][1]
        low = token.low
        if low in DOUBTFUL_AUXILIARIES:
            return None
        if low in PASSIVE_AUXILIARIES:
            if not words[verb][1].low.endswith("ing"):
                return None
        elif not (low in ACTIVE_AUXILIARIES or _is_adverb(token)):
            break
        end -= 1
    if end > 1 and words[end - 1][1].low == "as" and words[end - 2][1].low in ("quoted", "cited", "reported"):
        end -= 2
        while end > 0 and words[end - 1][1].low in PASSIVE_AUXILIARIES | ACTIVE_AUXILIARIES:
            end -= 1
    return end


def _is_adverb(token: Token) -> bool:
    return token.low in ADVERBS or (token.text[0].islower() and token.low.endswith("ly") and len(token.low) > 4)


def _agrees(words: Words, verb: int, end: int, mention: Mention | None) -> bool:
    """Refuse nouns that look like verbs: in "the Smith report" a singular subject has no bare verb behind it."""
    form = words[verb][1].low
    if form != SPEAKING[form] or form in _SAME_IN_THE_PAST or end < verb:
        return True
    if mention is None or mention.kind == "group" or mention.words == ("they",):
        return True
    return mention.kind == "organisation"


def _states(words: Words, verb: int) -> bool:
    """Tell whether what stands behind the verb makes an indirect statement of the sentence."""
    form = words[verb][1].low
    lemma = SPEAKING[form]
    behind = _token(words, verb + 1)
    if behind is not None and _is_adverb(behind):
        behind = _token(words, verb + 2)
    low = behind.low if behind else ""
    if low == ",":  # "He adds, after a pause, that he is tired"
        low = _behind_aside(words, verb + 2)
    if low in _SAYS_NOTHING or (lemma == "claim" and _is_a_win(words, verb + 1)):
        return False
    if lemma in _AS:
        return any(token.low == "as" for _, token in words[verb + 1 : verb + 10])
    if form in STATING or form in JUDGING:
        needed = NEEDS_BEHIND.get(lemma)
        return needed is None or low in needed
    return low in CLAUSE_AFTER.get(lemma, ())


def _is_a_win(words: Words, start: int) -> bool:
    """Tell "claimed the title", "claimed two lives" from a claim in words."""
    ahead = [token.low for _, token in words[start : start + 3]]
    return not OPENS_A_CLAUSE.intersection(ahead[:1]) and not WINNINGS.isdisjoint(ahead)


def _behind_aside(words: Words, start: int) -> str:
    for place in range(start, min(start + 9, len(words) - 1)):
        if words[place][1].text == ",":
            return words[place + 1][1].low
    return ""


def _nothing_behind(words: Words, verb: int) -> bool:
    """Tell whether no more than "on Monday" stands behind the verb, so that what was said stands before it."""
    if verb < 2:
        return False
    for place in range(verb + 1, min(verb + 9, len(words))):
        token = words[place][1]
        if token.text in (".", ";") or (token.text == "," and place == verb + 1):
            return True
        if token.kind != "word" or (place == verb + 1 and not _is_setting(token)) or token.low in SUBORDINATORS:
            return False
    return verb + 1 >= len(words)


def _is_setting(token: Token) -> bool:
    """Tell whether a word behind a verb begins the time or place of saying: "said on Monday", "reported late"."""
    return (
        token.low in TIMES
        or token.low in ("on", "in", "at", "during", "late", "early", "last", "this")
        or (token.low in ADVERBS)
    )


def _is_background(words: Words, first: int) -> bool:
    """Tell whether a cue stands in a clause like "While Smith has said so, …" or "a claim that Smith denies"."""
    if first and words[first - 1][1].low in _RELATIVES | BACKGROUND | {"what", "how", "why"}:
        return True
    start = first
    while start > 0 and first - start < _LONGEST_PHRASE and words[start - 1][1].kind == "word":
        start -= 1
    return start < len(words) and words[start][1].low in BACKGROUND


def _contiguous(words: Words, end: int) -> tuple[int | None, Mention | None]:
    """Read the noun phrase that stands right before a verb."""
    start = end
    while start > 0 and end - start < _LONGEST_PHRASE and not _bounds_phrase(words[start - 1][1]):
        start -= 1
    if start == end:
        return None, None
    phrase = [token for _, token in words[start:end]]
    return start, _read_compound(phrase)


def _bounds_phrase(token: Token) -> bool:
    """Tell whether a token cannot belong to the noun phrase before a verb."""
    if token.kind != "word":
        return True
    low = token.low
    if low in SUBORDINATORS and low != "as":
        return True
    return token.text[0].islower() and (low in FINITE_VERBS or low in STATING)


def _read_compound(phrase: Sequence[Token]) -> Mention | None:
    """Read a noun phrase; two people joined by "and" speak as a group, whom we do not name."""
    for place, token in enumerate(phrase):
        if token.low not in COORDINATORS or place == 0 or place + 1 == len(phrase):
            continue
        left, right = read_phrase(phrase[:place]), read_phrase(phrase[place + 1 :])
        if token.low == "but" or left is None or (token.low != "and" and right):
            return right
        if right is not None and _speak_together(phrase, place, left, right):
            return Mention("group", ("and",), phrase[0].start)
    return read_phrase(phrase)


def _speak_together(phrase: Sequence[Token], place: int, left: Mention, right: Mention) -> bool:
    """Tell "Smith and Jones", "the Council and the Ministry" from "head of trade and industry Jane Smith"."""
    if left.kind == "organisation":
        return right.kind == "organisation" and phrase[place - 1].capital
    if left.kind != "name" or right.titled or not phrase[place - 1].capital:
        return False
    return right.kind in ("pronoun", "role") or (right.kind == "name" and phrase[place + 1].capital)


def _across_commas(words: Words, comma: int) -> tuple[int | None, Mention | None]:
    """Read "Smith, an expert on trade and author of a book," before a verb, or "the mayor, Jane Smith,"."""
    parts = _comma_parts(words, comma)
    while parts and _is_background_part(words, parts[0]):
        parts.pop(0)
    if len(parts) < 2:
        return _sole_part(words, parts)
    read = [(start, _read_compound([token for _, token in words[start:end]])) for start, end in parts]
    start, mention = next((pair for pair in read[:-1] if pair[1] is not None), (parts[0][0], None))
    if mention is not None and mention.kind == "name":
        return start, mention
    last_start, last_end = parts[-1]
    last = [token for _, token in words[last_start:last_end]]
    described = mention is None or mention.kind == "role"
    if _is_only_a_name(last) or (described and _is_only_a_company(last, read[-1][1])):
        return last_start, read[-1][1]
    return start, mention


def _across_dashes(words: Words, dash: int) -> tuple[int | None, Mention | None]:
    """Read "Smith — elected in May — said"."""
    for place in range(dash - 1, max(0, dash - _LONGEST_SUBJECT), -1):
        if words[place][1].text == words[dash][1].text:
            return _contiguous(words, place)
    return None, None


def _sole_part(words: Words, parts: Sequence[tuple[int, int]]) -> tuple[int | None, Mention | None]:
    """Read "Last week, Smith, said": a stray comma between subject and verb."""
    if not parts:
        return None, None
    start, end = parts[0]
    mention = _read_compound([token for _, token in words[start:end]])
    return (start, mention) if mention is not None and mention.kind == "name" else (None, None)


def _comma_parts(words: Words, comma: int) -> list[tuple[int, int]]:
    """Return the parts between commas before `comma`, back to where the verb's own clause begins."""
    parts: list[tuple[int, int]] = []
    end = comma
    while True:
        start = end
        while start > 0 and comma - start < _LONGEST_SUBJECT and not _parts_at(words[start - 1][1], start - 1):
            start -= 1
        if _holds_clause(words, start, end):
            return parts
        parts.insert(0, (start, end))
        if start == 0 or comma - start >= _LONGEST_SUBJECT or not _is_comma(words[start - 1][1]):
            return parts
        end = start - 1


def _parts_at(token: Token, place: int) -> bool:
    """Tell whether a token bounds a part; a short title between quotation marks does not."""
    if token.kind == "quotation":
        return not place or word_count(token.text) > _TITLE or _is_comma(token)
    return token.kind == "mark" and token.text in ",;—–"


def _is_comma(token: Token) -> bool:
    """Tell a comma, or a title that holds one: the author of “Blue Hills,”."""
    if token.kind == "quotation":
        return word_count(token.text) <= _TITLE and token.text[-2:-1] == ","
    return token.text == ","


def _holds_clause(words: Words, start: int, end: int) -> bool:
    """Tell whether a part between commas has a verb of its own, and so is no apposition."""
    if start < end and words[start][1].low in _RELATIVES:
        return False
    return any(
        token.low in FINITE_VERBS or (token.low in STATING and token.low.endswith("d"))
        for _, token in words[start:end]
        if token.kind == "word" and token.text[0].islower()
    )


def _is_background_part(words: Words, part: tuple[int, int]) -> bool:
    """Tell "On Monday", "After the storm", "Speaking in court" from a subject."""
    start, end = part
    if start >= end:
        return True
    token = words[start][1]
    if token.low in DETERMINERS:
        return False
    if (
        token.low.endswith(("ing", "ed"))
        and end - start > 1
        and token.low not in ROLES
        and not _capital_next(words, start)
    ):
        return True
    opener = token.low in OPENERS or token.low in PREPOSITIONS or token.low in SUBORDINATORS
    if opener and token.low in COORDINATORS:
        return False
    return opener and (token.low in PREPOSITIONS or token.low in SUBORDINATORS or end - start <= 2)


def _capital_next(words: Words, place: int) -> bool:
    following = _token(words, place + 1)
    return following is not None and following.capital


def _is_only_a_name(part: Sequence[Token]) -> bool:
    """Tell whether a part is a person's name and nothing else, titles aside."""
    if not part or part[0].low in DETERMINERS or any(token.low in PREPOSITIONS for token in part):
        return False
    mention = read_phrase(part)
    return mention is not None and mention.kind == "name" and part[-1].capital


def _is_only_a_company(part: Sequence[Token], mention: Mention | None) -> bool:
    """Tell whether a part is a company's name: "Her publisher, Marsh & Wren, said"."""
    return mention is not None and mention.kind == "organisation" and len(mention.words) == len(part) > 1


def _relative(words: Words, who: int, verb: int) -> Cue | None:
    """Read "Smith, who said": the name before "who"."""
    end = who - 1 if who and words[who - 1][1].text == "," else who
    start, mention = _contiguous(words, end)
    if mention is None or start is None or mention.kind != "name":
        return Cue(None, SPEAKING[words[verb][1].low], who, verb + 1, states=False)
    return Cue(mention, SPEAKING[words[verb][1].low], start, verb + 1, states=False)


def _went_on_to(words: Words, end: int, verb: int) -> Cue | None:
    """Read "Smith went on to say"."""
    if end < 3 or words[end - 2][1].low != "on" or words[end - 3][1].low not in ("went", "goes"):
        return None
    return _subject_before_place(words, end - 3, verb)


def _subject_before_place(words: Words, end: int, verb: int) -> Cue | None:
    start, mention = _contiguous(words, end)
    if mention is None or start is None:
        return None
    return Cue(mention, SPEAKING[words[verb][1].low], start, verb + 1, _states(words, verb))


def _coordinated(words: Words, coordinator: int, verb: int, earlier: Sequence[Cue]) -> Cue | None:
    """Read "Smith shrugged and said": the subject stands before the first verb."""
    if words[coordinator][1].low not in ("and", "but", "yet"):
        return None
    lemma = SPEAKING[words[verb][1].low]
    if words[verb][1].low == lemma and lemma not in _SAME_IN_THE_PAST:
        return None
    mention = earlier[-1].mention if earlier else main_subject([token for _, token in words[:coordinator]])
    if mention is None:
        return None
    return Cue(mention, lemma, coordinator, verb + 1, _states(words, verb) and not earlier)


def _participle(words: Words, verb: int, earlier: Sequence[Cue]) -> Cue | None:
    """Read "…, saying", "with Smith stating", "Smith was telling": who does it stands before."""
    end = _skip_auxiliaries(words, verb)
    if end is None:
        return None
    lemma = SPEAKING[words[verb][1].low]
    if (end < verb and words[end][1].low in PASSIVE_AUXILIARIES) or (words[end - 1 : end] and end <= verb - 2):
        start, mention = _contiguous(words, end)
        if mention and mention.kind in ("name", "pronoun", "organisation") and start is not None:
            return Cue(mention, lemma, start, verb + 1, _states(words, verb))
        return None
    previous = _token(words, end - 1)
    if previous is None:
        return None
    if previous.capital:
        start, mention = _contiguous(words, end)
        introduced = start is not None and any(token.low == "with" for _, token in words[max(0, start - 1) : end])
        if mention is not None and start is not None and introduced and mention.kind == "name":
            return Cue(mention, lemma, start, verb + 1, states=False)
        return None
    if previous.text == "," or previous.low in ("by", "before", "and", "while") or previous.kind == "quotation":
        mention = earlier[-1].mention if earlier else main_subject([token for _, token in words[:end]])
        return Cue(mention, lemma, max(end - 1, 0), verb + 1, states=False) if mention else None
    return None


def _subject_behind(words: Words, verb: int) -> Cue | None:
    """Read "said Smith", "says a spokesman for Acme": behind a quotation, or behind a comma and before a stop."""
    place = verb
    while place > 0 and _is_adverb(words[place - 1][1]):
        place -= 1
    previous = words[place - 1][1] if place else None
    quoted = previous is not None and _is_quotation_end(words, place - 1)
    if previous is not None and not quoted and not _is_comma(previous):
        return None
    lemma = SPEAKING[words[verb][1].low]
    bare = words[verb][1].low == lemma and lemma not in _SAME_IN_THE_PAST
    if lemma == "tell" or ((previous is None or bare) and lemma != "say"):
        return None
    end, mention = _phrase_behind(words, verb + 1)
    if end == verb + 1 or words[verb + 1][1].low in PREPOSITIONS:
        return None
    if not quoted and not _stops(words, end):
        return None
    if mention is None and not (quoted or _token(words, end) is None or words[end][1].low == "who"):
        return None
    states = lemma in ("say", "claim", "warn", "argue", "insist", "explain", "suggest", "report", "note", "add")
    return Cue(mention, lemma, verb, end, states and not quoted, follows=True)


def _is_quotation_end(words: Words, place: int) -> bool:
    """Tell whether a quotation stands at a place, perhaps with a comma outside its marks."""
    token = words[place][1]
    if token.kind == "quotation":
        return True
    return token.text in (",", "-", "—", "–") and place > 0 and words[place - 1][1].kind == "quotation"


def _stops(words: Words, end: int) -> bool:
    following = _token(words, end)
    return following is None or following.low == "who" or (following.kind == "mark" and following.text in ".,;:—–-")


def _phrase_behind(words: Words, start: int) -> tuple[int, Mention | None]:
    """Read the noun phrase behind a verb or behind "according to", and a name that follows it after a comma."""
    end = start
    while end < len(words) and end - start < _LONGEST_PHRASE and not _ends_phrase(words, start, end):
        end += 1
    phrase = [token for _, token in words[start:end]]
    mention = _read_compound(phrase) if phrase else None
    following = _token(words, end)
    if following is not None and following.text == "," and (mention is None or mention.kind == "role"):
        name_end = end + 1
        while name_end < len(words) and words[name_end][1].capital:
            name_end += 1
        name = [token for _, token in words[end + 1 : name_end]]
        if len(name) > 1 and _is_only_a_name(name):
            return name_end, read_phrase(name)
    return end, mention


def _ends_phrase(words: Words, start: int, place: int) -> bool:
    token = words[place][1]
    if token.kind != "word" or token.low in SUBORDINATORS:
        return True
    if token.low in TIMES and place > start:
        return True
    if place > start and token.text[0].islower():
        if token.low in FINITE_VERBS or (
            token.low in SPEAKING and token.low not in ROLES and not _is_noun_here(words, place)
        ):
            return True
        if token.low in DETERMINERS and words[place - 1][1].low not in PREPOSITIONS:
            return True
    return token.low in PRONOUNS and place > start


def _is_noun_here(words: Words, place: int) -> bool:
    """Tell whether a word that may be a verb is a noun: "the police report", "a statement of claim"."""
    previous = words[place - 1][1]
    return (
        previous.low in DETERMINERS
        or previous.low in PREPOSITIONS
        or words[place][1].low == SPEAKING[words[place][1].low]
    )


def _according(words: Words, place: int) -> Cue | None:
    """Read "according to Smith"."""
    following = _token(words, place + 1)
    if following is None or following.low != "to":
        return None
    end, mention = _phrase_behind(words, place + 2)
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
    verb = _token(list(enumerate(sentence)), end)
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
    words = list(enumerate(sentence[: verb + 1]))
    start, mention = _contiguous(words, verb)
    if start is None or mention is None or mention.kind not in ("name", "pronoun") or mention.words[0] == "it":
        return None
    return Cue(mention, sentence[verb].low, start, verb + 1, states=False)


def _looks_like_a_verb(token: Token) -> bool:
    if token.kind != "word" or not token.text.islower() or token.low in FINITE_VERBS:
        return False
    return token.low.endswith("ed") or (token.low.endswith("s") and len(token.low) > 3)


def _token(words: Words, place: int) -> Token | None:
    return words[place][1] if 0 <= place < len(words) else None


def iter_quotations(sentence: Sentence) -> Iterator[int]:
    """Yield the places of a sentence where a quotation stands."""
    return (place for place, token in enumerate(sentence) if token.kind == "quotation")
