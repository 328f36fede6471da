"""A question that leans on what went before becomes one that stands alone: "and Gabuev?", "why?", "what of it?".

By rule, and where a model is there by its rewriting, which counts only if it brings no word of its own. What this
knows is the conversation; of the library it asks only who speaks in it. Grammar is rough on purpose: what comes out
is read by `question.understand`, and carries the words, the person and the kind of answer that are wanted.
"""

import re
import reprlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from indexes.errors import ModelError, QuestionError
from indexes.names import same_name
from indexes.terms import STOP_WORDS, located_terms, terms
from indexes.wordlists import (
    FEMALE_NAMES,
    MALE_NAMES,
    MALE_WORDS,
    NATIONALITIES,
    ORGANISATION_NAMES,
    ORGANISATIONS,
    PLACES,
    PLURAL_ROLES,
    ROLES,
    TIMES,
)
from rag.answer import Answer
from rag.leaning import (
    ASKS_FIRST,
    AUXILIARY,
    COMMON_VERBS,
    COUNTS,
    DETERMINER,
    GROUP,
    INQUIRING,
    NEGLIGIBLE,
    OPENING,
    PERSON,
    PREPOSITION,
    SAID,
    TIME,
    Lean,
    lean_of,
    leans,
    one_line,
    without_antecedent,
)
from rag.library import Library
from rag.question import LONGEST, Question, understand

RECENT = 5  # turns that are looked back on
LONGEST_ANSWER = 1_000  # characters of an earlier answer that are kept
LONGEST_REWRITE = 300  # characters; a rewriting that is longer is no question


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier question and what it got."""

    question: str  # as it stood alone, where that is known
    answer: str  # plain text: no markers, no links
    speakers: tuple[str, ...] = ()  # who was cited, full names


Rewrite = Callable[[str, Sequence[Turn]], str | None]


def stand_alone(question: str, history: Sequence[Turn], library: Library, rewrite: Rewrite | None = None) -> str:
    """Return the question as it stands alone: as typed, where it does not lean on an earlier one.

    `rewrite` is a model's try; it is asked only where the question leans, and counts only if it is one question
    made of words that stand in the question or the turns. Else, or where the model fails, the rule's result counts.
    """
    if not leans(question):
        return question
    recent = _resolved(history[-RECENT:], library)
    if not recent:
        return question
    written = _attempt(rewrite, question, recent) if rewrite else None
    if written and _is_faithful(written, question, recent, library):
        return written
    return _by_rule(question, recent, library)


# -- what went before -------------------------------------------------------------------------------------------------


def turns(history: Sequence[Answer | Mapping[str, Any]]) -> tuple[Turn, ...]:
    """Return earlier turns as plain text; QuestionError for what is neither an Answer nor {"question", "answer"}."""
    if isinstance(history, str | bytes | Mapping) or not isinstance(history, Sequence):
        raise QuestionError(f"The history is a list of answers, not {_shown(history)}.", _HISTORY)
    return tuple(_turn(place, given) for place, given in enumerate(history))


_HISTORY = 'Give Answers, or {"question": …, "answer": …}, oldest first.'


def _turn(place: int, given: Answer | Mapping[str, Any]) -> Turn:
    if isinstance(given, Answer):
        speakers = dict.fromkeys(c.speaker for c in given.citations if c.speaker)
        asked = given.asked_as or given.question
        return Turn(_plain(asked, LONGEST), _plain(given.answer, LONGEST_ANSWER), tuple(speakers))
    if not isinstance(given, Mapping):
        raise QuestionError(f"history[{place}] is no answer: {_shown(given)}.", _HISTORY)
    question, answer = given.get("asked_as") or given.get("question"), given.get("answer")
    if not isinstance(question, str) or not isinstance(answer, str):
        raise QuestionError(f"history[{place}] lacks a question or an answer as text: {_shown(given)}.", _HISTORY)
    return Turn(_plain(question, LONGEST), _plain(answer, LONGEST_ANSWER))


def _shown(given: object) -> str:
    return " ".join(reprlib.repr(given).split())


_MARKUP = tuple(
    (re.compile(pattern, re.IGNORECASE), by)
    for pattern, by in (
        (r"!\[([^\]]*)\]\([^)]*\)", r"\1"),  # an image
        (r"\[([^\]]*)\]\([^)]*\)", r"\1"),  # a link
        (r"</?[a-z][^>]{0,500}>", " "),
        (r"<?\b(?:[a-z][a-z0-9+.-]*://|www\.)[^\s<>\"”]+>?", " "),
        (r"\b(?:javascript|data|mailto):[^\s<>\"”]+", " "),
        (r"\s*[\[【]\s*[\^¶]?\d+[\d\s,;:–¶^†-]*[\]】]", ""),  # a marker
        (r"(?:^|(?<=\s))(?:#{1,6}|>+|[-*+])(?=\s)", " "),  # a heading, a quotation, a list
        (r"(\*{1,3}|_{2,3}|~~|`+)(?=\S)(.+?)(?<=\S)\1", r"\2"),
        (r"[`|]+", " "),
    )
)


def _plain(text: str, longest: int) -> str:
    """Return text without markers, links, markup and control characters, cut at a word."""
    text = one_line(text)[: 4 * longest]
    for pattern, by in _MARKUP:
        text = pattern.sub(by, text)
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1].rsplit(" ", 1)[0] + "…"


def _resolved(history: Sequence[Turn], library: Library) -> tuple[Turn, ...]:
    """Return the turns that ask something, each question as it stands alone after those before it."""
    resolved: tuple[Turn, ...] = ()
    for turn in history:
        asked = turn.question
        if resolved and leans(asked):
            asked = _by_rule(asked, resolved, library)
        elif not terms(asked):
            continue
        resolved += (replace(turn, question=one_line(asked)[:LONGEST]),)
    return resolved


# -- a model's try ----------------------------------------------------------------------------------------------------


def _attempt(rewrite: Rewrite, question: str, recent: Sequence[Turn]) -> str | None:
    try:
        written = rewrite(question, recent)
    except ModelError:  # the rule is as good a way to the same question
        return None
    return written.strip() if isinstance(written, str) else None


def _is_faithful(written: str, question: str, recent: Sequence[Turn], library: Library) -> bool:
    """Tell whether a rewriting is one question that stands alone, of the conversation's words, with the new names."""
    if len(written) > LONGEST_REWRITE or written != _plain(written, LONGEST) or not written.endswith("?"):
        return False
    if not terms(written) or leans(written):
        return False
    said = {s for turn in recent for text in (turn.question, turn.answer, *turn.speakers) for s in terms(text)}
    if not all(_stands_among(stem, said | set(terms(question))) for stem in terms(written)):
        return False
    asked = understand(question, library)
    kept = [s for name in asked.names for s in name.stems] + [*asked.numbers, *asked.speaker_stems & set(asked.stems)]
    return all(_stands_among(stem, terms(written)) for stem in kept)


def _stands_among(stem: str, stems: Iterable[str]) -> bool:
    return any(same_name(stem, other) for other in stems)


# -- by rule ----------------------------------------------------------------------------------------------------------


def _by_rule(question: str, recent: Sequence[Turn], library: Library) -> str:
    """Return a leaning question made whole from the turns before it."""
    text = one_line(question)
    lean = lean_of(text)
    if lean is None:
        return question
    previous = understand(recent[-1].question, library)
    if lean.words:
        whole = _with_names(text, lean.words, recent, library)
    else:
        whole = _of_the_previous(lean, previous, recent, library)
    whole = " ".join(whole.split())
    return whole if 0 < len(whole) <= LONGEST else question


def _of_the_previous(lean: Lean, previous: Question, recent: Sequence[Turn], library: Library) -> str:
    """Return the question before this one, with something else in its place or another question asked of it."""
    whole = previous.text
    if lean.swapped:
        words = tuple(without_antecedent(lean.swapped))
        swapped = _with_names(lean.swapped, words, recent, library)
        whole = _swap(swapped, previous, library) if terms(swapped) else whole
    return _inquire(lean.inquiry, understand(whole, library)) if lean.inquiry else whole


_CONTRACTED = frozenset("do does did has have had is are was were would could should".split())


def _inquire(inquiry: str, previous: Question) -> str:
    """Return the previous question with another question word: "does Lind doubt it?", "why" → "why does Lind …?"."""
    text = OPENING.sub("", previous.text).rstrip("?!. ")
    asks = ASKS_FIRST.match(text)
    before, rest = (text[: asks.start("inquiry")], text[asks.end("inquiry") :].lstrip()) if asks else ("", text)
    auxiliary = re.match(AUXILIARY, rest, re.IGNORECASE)
    if COUNTS.fullmatch(inquiry):
        around = re.search(rf"\b{PREPOSITION}\s.*", rest, re.IGNORECASE)
        return f"{inquiry} {around[0] if around else rest}?"
    if inquiry == "why not":
        return f"{before}{_denied(rest, auxiliary)}?"
    if auxiliary and re.fullmatch(r"who(?:m|se)?\s+\w+|what\s+\w+ed", inquiry, re.IGNORECASE):
        rest = rest[auxiliary.end() :].lstrip()  # "who says" has a verb
    return f"{before}{inquiry} {_lowered(rest)}?"


def _denied(rest: str, auxiliary: re.Match[str] | None) -> str:
    """Return "why doesn't …", the auxiliary denied."""
    if auxiliary is None:
        return f"why not {rest}"
    word, behind = auxiliary[0].lower(), rest[auxiliary.end() :]
    if word.endswith(("n't", "n’t")):
        return f"why {word}{behind}"
    return f"why {word}n't{behind}" if word in _CONTRACTED else f"why {word}{behind} not"


def _lowered(text: str) -> str:
    """Return text with its first word in small letters where that is an auxiliary: "Does Lind" → "does Lind"."""
    return text[:1].lower() + text[1:] if re.match(AUXILIARY, text, re.IGNORECASE) else text


# -- something in the place of something else -------------------------------------------------------------------------


def _swap(new: str, previous: Question, library: Library) -> str:
    """Return the previous question with `new` in the place of what is of its kind, or else behind it."""
    text = previous.text.rstrip("?!. ")
    span = _place_of(new, previous, library)
    if span is not None:
        start, end = span
        new = re.sub(r"\s+ones?$", f" {text[start:end].split()[-1]}", new)  # "the new one" is a new bridge
        counted = _COUNTED.match(text)
        if counted and start == counted.start("thing"):
            new = re.sub(rf"^{DETERMINER}\s+", "", new, flags=re.IGNORECASE)
        return f"{text[:start]}{new}{text[end:]}?"
    matter = _matter(previous)
    if _speaks(new, library) and matter:
        return f"what does {new} say about {matter}?"
    return f"{text} {new}?"


def _place_of(new: str, previous: Question, library: Library) -> tuple[int, int] | None:
    """Return the stretch of the previous question that `new` takes the place of."""
    text = previous.text.rstrip("?!. ")
    time = TIME.fullmatch(new)
    if time:
        old = _last(TIME.finditer(text))
        return old and old.span("date" if not time["how"] else 0)
    preposition = re.match(rf"({PREPOSITION})\s+(?=\w)", new, re.IGNORECASE)
    if preposition:
        old = _last(re.finditer(rf"\b{preposition[1]}\s+(?:{DETERMINER}\s+)?[\w’'-]+", text, re.IGNORECASE))
        return old and old.span()
    person = _person_typed(previous)
    if _speaks(new, library) and not previous.asked and not previous.speakers and not previous.introduces:
        return None
    if person and _is_personal(new, previous, library):
        return _found(person, text)
    return _place_name(new, previous) or _thing_span(previous, group=_is_a_group(new))


def _last(matches: Iterable[re.Match[str]]) -> re.Match[str] | None:
    return next(reversed(list(matches)), None)


def _found(words: str, text: str) -> tuple[int, int] | None:
    match = re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE)
    return match.span() if match else None


def _speaks(words: str, library: Library) -> bool:
    """Tell whether words name somebody who speaks in the library."""
    speakers = understand(f"What does {words} say?"[:LONGEST], library).speakers
    last = set(terms(words.split()[-1]))  # "Lind’s plan" says nothing
    return not words.lower().endswith(("'s", "’s")) and any(last & set(terms(name)) for name in speakers)


def _is_personal(new: str, previous: Question, library: Library) -> bool:
    """Tell whether `new` takes the place of the person of the previous question, rather than of its topic."""
    if _speaks(new, library):
        return True
    words = new.lower().split()
    if words[-1] in PLACES | NATIONALITIES or not new.split()[-1][0].isupper():
        return False
    if words[0] in MALE_NAMES | FEMALE_NAMES or words[-1] in ROLES:
        return True
    own = set(terms(previous.asked or "")) | previous.speaker_stems
    others = [name for name in previous.names if not set(name.stems) <= own]
    return not others


def _place_name(new: str, previous: Question) -> tuple[int, int] | None:
    """Return where a name stands in the previous question that another name takes the place of."""
    if not any(word[0].isupper() or word.lower() in PLACES for word in new.split()):
        return None
    own = set(terms(previous.asked or ""))
    others = [name.text for name in previous.names if not set(name.stems) <= own]
    acting = [n for n in others if re.search(rf"\b{AUXILIARY}\s+{re.escape(n)}", previous.text, re.IGNORECASE)]
    return _found((acting or others)[-1], previous.text) if others else None


def _person_typed(question: Question) -> str | None:
    """Return who a question is about, as typed there: the one asked, or else one who is named."""
    if question.asked:
        return question.asked
    for speaker in question.speakers:
        words = speaker.split()
        for form in (speaker, words[-1]):
            span = _found(form, question.text)
            if span:
                return question.text[slice(*span)]
    return next((name.text for name in reversed(question.names) if _may_be_a_person(name.text, question.text)), None)


def _may_be_a_person(name: str, text: str) -> bool:
    words = name.lower().split()
    if not words or words[-1] in PLACES | NATIONALITIES | ORGANISATION_NAMES | TIMES:
        return False
    return not re.search(rf"\b(?:in|at|near|from|to|of)\s+(?:the\s+)?{re.escape(name)}", text, re.IGNORECASE)


# -- what a question is about -----------------------------------------------------------------------------------------


def _matter_span(question: Question) -> tuple[int, int]:
    """Return where a question's matter stands: behind its question word and auxiliary, behind who says what."""
    text = question.text.rstrip("?!. ")
    asks = ASKS_FIRST.match(text)
    start = asks.end() if asks else 0
    auxiliary = re.compile(rf"\s*{AUXILIARY}\s*", re.IGNORECASE).match(text, start)
    start = auxiliary.end() if auxiliary else start
    if question.asked:
        verb = rf".*?\b{re.escape(question.verb)}\w*" if question.verb else r"[’']?s?(?:\s+\w+)?"
        said = re.compile(rf"(?<!\w){re.escape(question.asked)}{verb}\b", re.IGNORECASE).search(text)
        start = said.end() if said and said.end() < len(text) - 2 else start
    lead = re.compile(rf"\s*(?:{PREPOSITION}\b)?\s*").match(text, start)
    return (lead.end() if lead else start), len(text)


def _matter(question: Question) -> str:
    """Return what a question is about, without its question word and without who is asked."""
    start, end = _matter_span(question)
    return question.text[start:end].strip(" ,")


_DETERMINED = re.compile(rf"\b{DETERMINER}(?=\s+\w)", re.IGNORECASE)
_MOST_WORDS = 4  # of a noun phrase


def _phrases(text: str, offset: int = 0) -> list[tuple[int, int]]:
    """Return where the noun phrases with a determiner stand; a subject behind its auxiliary without the predicate."""
    spans = []
    for determiner in _DETERMINED.finditer(text, offset):
        words = list(_run_of_words(text, determiner.end()))
        auxiliary = re.search(rf"\b({AUXILIARY})\s*$", text[: determiner.start()], re.IGNORECASE)
        if auxiliary and len(words) > 1 and _ends_in_a_predicate(auxiliary[1], words[-1], text):
            words.pop()
        if words:
            spans.append((determiner.start(), words[-1].end()))
    return spans


def _ends_in_a_predicate(auxiliary: str, last: re.Match[str], text: str) -> bool:
    """Tell whether the last word behind a subject says what it did or was: "does the bridge hold", "is it safe"."""
    being = auxiliary.lower().startswith(("is", "are", "was", "were", "has", "have", "had"))
    return not being or not text[last.end() :].strip() or last[0].endswith("ed")


_NEXT_WORD = re.compile(r"\s+([\w’'-]+)")


def _run_of_words(text: str, start: int) -> Iterator[re.Match[str]]:
    """Yield the content words that follow without a break."""
    for _ in range(_MOST_WORDS):
        word = _NEXT_WORD.match(text, start)
        if word is None or word[1].lower() in STOP_WORDS:
            return
        yield word
        start = word.end()


def _is_a_group(phrase: str) -> bool:
    """Tell whether a phrase names a body or somebody in office, that acts: "the council", "the mayor"."""
    return phrase.split()[-1].lower() in ORGANISATIONS | PLURAL_ROLES | ROLES


# "which Western companies would", "how many people died": one word unless an auxiliary tells where it ends
_NOUN = rf"(?!{AUXILIARY})[\w’'-]+"
_COUNTED = re.compile(
    rf"^(?:how many|which|what)\s+(?P<thing>{_NOUN}(?:\s+{_NOUN}){{0,2}}?(?=\s+{AUXILIARY})|[\w’'-]+s(?=\s))",
    re.IGNORECASE,
)


def _thing_span(question: Question, *, group: bool = False) -> tuple[int, int] | None:
    """Return where the thing stands that a question is about (or the body that acts), or what a person is asked."""
    text = question.text.rstrip("?!. ")
    start, end = _matter_span(question)
    if question.asked and question.verb and end > start:
        inner = _phrases(text, start)
        joined = len(inner) > 1 and re.fullmatch(r"\s*of\s*", text[inner[-2][1] : inner[-1][0]])
        return inner[-1] if joined else (start, end)
    counted = _COUNTED.match(text)
    if counted and not group:
        return counted.span("thing")
    phrases = _phrases(text)
    if phrases:
        return next((span for span in phrases if _is_a_group(text[slice(*span)]) == group), phrases[0])
    names = [name.text for name in question.names]
    if names:
        return _found(names[-1], text)
    content = [term for term in located_terms(text[start:end]) if term.stem not in COMMON_VERBS]
    return (start + content[0].start, start + content[0].end) if content else None


# -- names for pronouns -----------------------------------------------------------------------------------------------


def _with_names(text: str, words: Sequence[re.Match[str]], recent: Sequence[Turn], library: Library) -> str:
    """Return the text with what its leaning words stand for; a word for which nothing is found stays."""
    out, done = "", 0
    for match in words:
        meant = _meant(match, text, recent, library)
        if meant is None:
            continue
        end, name = meant
        out += text[done : match.start()] + name
        done = end
    return NEGLIGIBLE.sub("", out + text[done:]).replace(" ?", "?")


_POSSESSIVE = frozenset("his hers its their theirs".split())


def _meant(match: re.Match[str], text: str, recent: Sequence[Turn], library: Library) -> tuple[int, str] | None:
    """Return what a leaning word stands for, and where the stretch ends that this replaces."""
    word, after = match[0].lower(), text[match.end() :]
    if word in PERSON or word in GROUP:
        found = _somebody(word, text, recent, library)
    elif word == "there":
        found = _somewhere(recent, library)
    else:
        found = _something(recent, library, whole=word == "that")
    if found is None:
        return None
    possessive = word in _POSSESSIVE or (word == "her" and re.match(r"\s+[\w’'-]*[^\W_]", after) and _goes_on(after))
    noun = re.match(r"\s+([\w’'-]+)", after)
    if word in ("that", "this", "these", "those") and noun and _determines(text[: match.start()], after):
        if not set(terms(noun[1])) & set(terms(found)):
            return match.end(), f"{found}, {match[0]}"
        return match.end() + noun.end(), found
    return match.end(), f"{found}’s" if possessive else found


def _determines(before: str, after: str) -> bool:
    """Tell whether "that" belongs to a noun behind it: "does that plan cost", not "does that cost"."""
    auxiliary = re.search(rf"\b{AUXILIARY}\s*$", before, re.IGNORECASE)
    return _goes_on(after) and not (auxiliary and len(list(_run_of_words(after, 0))) == 1)


def _goes_on(after: str) -> bool:
    """Tell whether a noun follows: "her plan", not "her about"."""
    following = re.match(r"\s+([\w’'-]+)", after)
    return following is not None and bool(terms(following[1])) and following[1].lower() not in SAID


def _somebody(word: str, text: str, recent: Sequence[Turn], library: Library) -> str | None:
    """Return the person or group that was named last and that the question itself does not name."""
    own = set(terms(text))
    for turn in reversed(recent):
        people = [name for name in _people(turn, library) if not set(terms(name)) & own]
        if word in GROUP:
            group = _group(turn, library)
            if group and not set(terms(group)) & own:
                return group
            if people:
                return " and ".join(people[:2])
        fitting = [name for name in people if _fits(name, word)]
        if fitting:
            return fitting[0]
    return None


def _people(turn: Turn, library: Library) -> list[str]:
    """Return who was named in a turn: in its question, else who was cited, else who its answer names."""
    question = understand(turn.question, library)
    asked = _person_typed(question)
    named = [name.text for name in question.names if _may_be_a_person(name.text, question.text)]
    told = understand(turn.answer[:LONGEST], library) if turn.answer.strip() else None
    answered = [*told.speakers, *_names_of(told)] if told else []
    return list(dict.fromkeys([*([asked] if asked else []), *named, *turn.speakers, *answered]))


def _names_of(told: Question) -> Iterator[str]:
    return (name.text for name in told.names if " " in name.text and _may_be_a_person(name.text, told.text))


def _fits(name: str, pronoun: str) -> bool:
    """Tell whether a name may be meant by he or she; only a clear first name forbids it."""
    words = name.lower().split()
    if words[-1] in ORGANISATIONS:
        return False
    if pronoun in MALE_WORDS:
        return words[0] not in FEMALE_NAMES or words[0] in MALE_NAMES
    return words[0] not in MALE_NAMES or words[0] in FEMALE_NAMES


def _group(turn: Turn, library: Library) -> str | None:
    """Return the group that a question names last: a body, a plural."""
    question = understand(turn.question, library)
    for start, end in reversed(_phrases(question.text)):
        last = question.text[start:end].split()[-1].lower()
        if last in ORGANISATIONS | PLURAL_ROLES or re.search(r"[^su]s$", last):
            return question.text[start:end]
    counted = _COUNTED.match(question.text)
    if counted and counted["thing"].endswith("s"):
        return counted["thing"]
    if person := _person_typed(question):
        return person
    for term in reversed(question.terms):
        word = question.text[term.start : term.end]
        if word in ORGANISATIONS | PLURAL_ROLES or (re.search(r"[^aisu’']s$", word) and word.lower() not in SAID):
            return word
    return next((name.text for name in question.names), None)


def _somewhere(recent: Sequence[Turn], library: Library) -> str | None:
    """Return the place that was named last in a question, with its preposition, or else the last thing."""
    for turn in reversed(recent):
        question = understand(turn.question, library)
        for name in reversed(question.names):
            at = re.search(rf"\b(?:in|at|near|on|to|from|of)\s+(?:the\s+)?{re.escape(name.text)}", question.text)
            if at or name.text.lower() in PLACES:
                return f"in {name.text}"
    thing = _something(recent, library)
    return f"at {thing}" if thing else None


_WHERE_IT_IS = re.compile(r"\s+(?:in|at|of|near|off)\s+(?:the\s+)?[A-Z][\w-]*(?:\s+[A-Z][\w-]*)*")


def _something(recent: Sequence[Turn], library: Library, *, whole: bool = False) -> str | None:
    """Return the thing that was asked about last; of something counted also what it did, where `whole`."""
    for turn in reversed(recent):
        question = understand(turn.question, library)
        text = question.text.rstrip("?!. ")
        counted = _COUNTED.match(text) if not question.asked else None
        phrases = [span for span in _phrases(text) if not _is_a_group(text[slice(*span)])]
        span = phrases[0] if counted and phrases else _thing_span(question)
        if counted and whole:
            return re.sub(rf"{INQUIRING}\s+|\b{AUXILIARY}\s+", "", text, flags=re.IGNORECASE)
        where = _WHERE_IT_IS.match(text, span[1]) if span else None
        thing = text[span[0] : where.end() if where else span[1]].strip(" ,") if span else ""
        if terms(thing):
            return thing
    return None
