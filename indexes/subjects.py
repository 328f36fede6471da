"""Who does it: the noun phrase that is the subject of a verb, before it, behind it, or of the whole sentence.

"Smith, an expert on trade and author of a book, says": the subject stands commas away from its verb. Whether the
verb is one of saying is not our business here (`indexes.cues`), nor who is meant (`indexes.referents`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from indexes.clauses import Sentence, Token, token_at
from indexes.mentions import (
    Mention,
    end_of_name,
    holds_office,
    job_behind,
    mentions_in,
    read_phrase,
    read_title_of_organisation,
)
from indexes.quotations import word_count
from indexes.wordlists import (
    COORDINATORS,
    DETERMINERS,
    FINITE_VERBS,
    NATIONALITIES,
    OF_AN_ORGANISATION,
    OPENERS,
    PLACES,
    PREPOSITIONS,
    PRONOUNS,
    ROLES,
    SPEAKING,
    STATING,
    SUBORDINATORS,
    TIMES,
)

_LONGEST_SUBJECT = 60  # tokens; keeps the reading of hostile sentences linear
LONGEST_PHRASE = 16
_TITLE = 4  # words; a longer quotation is no title inside somebody's description
_PLACES = PLACES | NATIONALITIES
_OFFICE = 6  # words before an organisation that may say who somebody is in it
_Found = tuple[Mention, int, int]  # with the tokens [first, behind) that it takes
RELATIVES = frozenset({"who", "which", "that", "whose", "whom", "where"})


def without_parentheses(sentence: Sentence) -> tuple[Sentence, list[int]]:
    """Leave out "(D-Ohio)", so that subject and verb meet, and tell where the other tokens stood."""
    words: Sentence = []
    places: list[int] = []
    depth = 0
    for index, token in enumerate(sentence):
        if token.text in ("(", "["):
            depth += 1
        elif token.text in (")", "]"):
            depth = max(0, depth - 1)
        elif not depth or token.kind == "quotation":
            words.append(token)
            places.append(index)
    return words, places


def contiguous(words: Sentence, end: int) -> tuple[int | None, Mention | None]:
    """Read the noun phrase that stands right before a verb."""
    start = end
    while start > 0 and end - start < LONGEST_PHRASE and not _bounds_phrase(words[start - 1]):
        start -= 1
    if start == end:
        return None, None
    phrase = words[start:end]
    return start, read_compound(phrase)


def _bounds_phrase(token: Token) -> bool:
    """Tell whether a token cannot belong to the noun phrase before a verb."""
    if token.kind != "word":
        return True
    low = token.low
    if low in SUBORDINATORS and low != "as":
        return True
    return token.text[0].islower() and (low in FINITE_VERBS or low in STATING)


def read_compound(phrase: Sequence[Token]) -> Mention | None:
    """Read a noun phrase; two people joined by "and" speak as a group, whom we do not name."""
    whole = read_title_of_organisation(phrase)
    if whole is not None:
        return whole
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


def across_dashes(words: Sentence, dash: int) -> tuple[int | None, Mention | None]:
    """Read "Smith — elected in May — said"."""
    for place in range(dash - 1, max(0, dash - _LONGEST_SUBJECT), -1):
        if words[place].text == words[dash].text:
            return contiguous(words, place)
    return None, None


def across_commas(words: Sentence, comma: int) -> tuple[int | None, Mention | None]:
    """Read "Smith, an expert on trade and author of a book," before a verb, or "the mayor, Jane Smith,"."""
    parts = _comma_parts(words, comma)
    while parts and _is_background_part(words, parts[0]):
        parts.pop(0)
    if len(parts) < 2:
        return _sole_part(words, parts)
    if words[parts[0][0]].low in RELATIVES:
        return None, None  # `“…” that Smith can win, said`: no subject
    read = [(start, read_compound(words[start:end])) for start, end in parts]
    start, mention = next((pair for pair in read[:-1] if pair[1] is not None), (parts[0][0], None))
    last_start, last_end = parts[-1]
    last = words[last_start:last_end]
    if len(last) > 1 and _is_only_a_name(last) and holds_office(words[slice(*parts[0])]):
        return last_start, read[-1][1]  # "The boss of Acme Stores, Jane Smith, said"
    if mention is not None and mention.kind == "name":
        return start, mention
    described = mention is None or mention.kind == "role"
    if _is_only_a_name(last) or (described and _is_only_a_company(last, read[-1][1])):
        return last_start, read[-1][1]
    return start, mention


def _sole_part(words: Sentence, parts: Sequence[tuple[int, int]]) -> tuple[int | None, Mention | None]:
    """Read "Last week, Smith, said": a stray comma between subject and verb."""
    if not parts:
        return None, None
    start, end = parts[0]
    mention = read_compound(words[start:end]) if words[start].low not in RELATIVES else None
    return (start, mention) if mention is not None and mention.kind == "name" else (None, None)


def _comma_parts(words: Sentence, comma: int) -> list[tuple[int, int]]:
    """Return the parts between commas before `comma`, back to where the verb's own clause begins."""
    parts: list[tuple[int, int]] = []
    end = comma
    while True:
        start = end
        while start > 0 and comma - start < _LONGEST_SUBJECT and not _parts_at(words[start - 1], start - 1):
            start -= 1
        if _holds_clause(words, start, end):
            return parts
        parts.insert(0, (start, end))
        if start == 0 or comma - start >= _LONGEST_SUBJECT or not is_comma(words[start - 1]):
            return parts
        end = start - 1


def _parts_at(token: Token, place: int) -> bool:
    """Tell whether a token bounds a part; a short title between quotation marks does not."""
    if token.kind == "quotation":
        return not place or word_count(token.text) > _TITLE or is_comma(token)
    return token.kind == "mark" and token.text in ",;—–"


def is_comma(token: Token) -> bool:
    """Tell a comma, or a title that holds one: the author of “Blue Hills,”."""
    if token.kind == "quotation":
        return word_count(token.text) <= _TITLE and token.text[-2:-1] == ","
    return token.text == ","


def _holds_clause(words: Sentence, start: int, end: int) -> bool:
    """Tell whether a part between commas has a verb of its own, and so is no apposition."""
    relative = next((place for place in range(start, end) if words[place].low in RELATIVES), end)
    return any(
        token.low in FINITE_VERBS or (token.low in STATING and token.low.endswith("d"))
        for token in words[start:relative]
        if token.kind == "word" and token.text[0].islower()
    )


def _is_background_part(words: Sentence, part: tuple[int, int]) -> bool:
    """Tell "On Monday", "After the storm", "Speaking in court" from a subject."""
    start, end = part
    if start >= end:
        return True
    token = words[start]
    if token.low in DETERMINERS:
        return False
    participle = token.low.endswith(("ing", "ed")) and token.low not in ROLES
    if participle and end - start > 1 and not words[start + 1].capital:
        return True
    opener = token.low in OPENERS or token.low in PREPOSITIONS or token.low in SUBORDINATORS
    if opener and token.low in COORDINATORS:
        return False
    return opener and (token.low in PREPOSITIONS or token.low in SUBORDINATORS or end - start <= 2)


def _is_only_a_name(part: Sequence[Token]) -> bool:
    """Tell whether a part is a person's name and nothing else, titles aside."""
    if not part or part[0].low in DETERMINERS or any(token.low in PREPOSITIONS for token in part):
        return False
    mention = read_phrase(part)
    return mention is not None and mention.kind == "name" and part[-1].capital


def _is_only_a_company(part: Sequence[Token], mention: Mention | None) -> bool:
    """Tell whether a part is a company's name: "Her publisher, Marsh & Wren, said"."""
    return mention is not None and mention.kind == "organisation" and len(mention.words) == len(part) > 1


def is_place(mention: Mention) -> bool:
    """Tell whether a phrase names nothing but a place."""
    return mention.kind == "organisation" and all(word.lower() in _PLACES for word in mention.words)


def phrase_behind(words: Sentence, start: int) -> tuple[int, Mention | None]:
    """Read the noun phrase behind a verb or behind "according to", and a name that follows it after a comma."""
    end = start
    while end < len(words) and end - start < LONGEST_PHRASE and not _ends_phrase(words, start, end):
        end += 1
    phrase = words[start:end]
    mention = read_compound(phrase) if phrase else None
    following = token_at(words, end)
    if following is not None and following.text == "," and (mention is None or mention.kind == "role"):
        name_end = end + 1
        while name_end < len(words) and words[name_end].capital:
            name_end += 1
        name = words[end + 1 : name_end]
        if len(name) > 1 and _is_only_a_name(name):
            return name_end, read_phrase(name)
    return end, mention


def _ends_phrase(words: Sentence, start: int, place: int) -> bool:
    """Tell whether a noun phrase that begins at `start` has ended at `place`."""
    token = words[place]
    if token.kind != "word" or token.low in SUBORDINATORS:
        return True
    if place == start:
        return False
    if token.low in TIMES or token.low in PRONOUNS or token.low in FINITE_VERBS:
        return True
    if token.low in DETERMINERS:
        return words[place - 1].low not in PREPOSITIONS
    return token.text[0].islower() and _is_verb_here(words, place)


def _is_verb_here(words: Sentence, place: int) -> bool:
    """Tell "Smith says" from "the police report", "a statement of claim"."""
    low, previous = words[place].low, words[place - 1].low
    if low not in SPEAKING or low in ROLES or low == SPEAKING[low]:
        return False
    return previous not in DETERMINERS and previous not in PREPOSITIONS


def main_subject(sentence: Sentence) -> Mention | None:
    """Return whom a sentence is likeliest about."""
    return next(main_subjects(sentence), None)


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
    for found, following in _mentions_with_the_next(sentence):
        mention, first, behind = found
        if following is not None and _is_beside(sentence, found, following):
            continue
        if job_behind(sentence, end_of_name(found)) > end_of_name(found):
            return  # "The Acme boss was angry": somebody without a name
        before = sentence[first - 1] if first else None
        if before is not None and (before.low in PREPOSITIONS or before.low in COORDINATORS):
            continue
        if _quoted_between(sentence, first):
            return
        if sentence[end_of_name(found) - 1].possessive or mention.kind == "role":
            continue
        if mention.kind == "name" or _opens_as_subject(sentence, mention, first, behind):
            yield replace(mention, loose=True)


def is_about_a_job(sentence: Sentence) -> bool:
    """Tell "The Acme boss was angry with Jane Smith": it is about somebody without a name."""
    found, following = next(_mentions_with_the_next(sentence), (None, None))
    if found is None:
        return False
    behind = end_of_name(found)
    owned = job_behind(sentence, behind, owned=True)
    if owned > behind:
        return sentence[owned - 1].low in OF_AN_ORGANISATION
    if job_behind(sentence, behind) == behind:
        return False
    return following is None or not _is_beside(sentence, found, following)


def _mentions_with_the_next(sentence: Sentence) -> Iterator[tuple[_Found, _Found | None]]:
    found: _Found | None = None
    for following in mentions_in(sentence):
        if found is not None and following[1] < end_of_name(found):
            continue  # "Tarn" of "the University of Tarn"
        if found is not None:
            yield found, following
        found = following
    if found is not None:
        yield found, None


def _is_beside(sentence: Sentence, found: _Found, following: _Found) -> bool:
    """Tell "Acme" of "Acme boss Jane Smith", "the Acme boss, Jane Smith" and "the boss of Acme, Jane Smith"."""
    mention, name, _ = following
    behind = end_of_name(found)
    end = job_behind(sentence, behind)
    apart = name == end + 1 and sentence[end].text == ","
    if mention.kind != "name":
        return False
    if end > behind:
        return apart or name == end
    return apart and len(mention.words) > 1 and holds_office(sentence[max(0, found[1] - _OFFICE) : found[1]])


def _opens_as_subject(sentence: Sentence, mention: Mention, first: int, behind: int) -> bool:
    """Tell an organisation that a sentence is about from a dateline and from "Russian"."""
    opens = all(token.low in OPENERS for token in sentence[:first])
    following = sentence[behind : behind + 2]
    goes_on = bool(following) and (following[0].kind == "word" or following[-1].low in DETERMINERS | {"which"})
    return opens and goes_on and (len(mention.words) > 1 or not mention.text[1:].islower())


def _quoted_between(sentence: Sentence, first: int) -> bool:
    return any(token.kind == "quotation" for token in sentence[:first])
