"""Who said it: the speaker of every quotation and of every indirect statement in an article.

The words around a quotation name its speaker, or a pronoun or a role stands for somebody named before, or
nothing does: then it may be the next piece of a running quotation, or go on from the paragraph before. Rules are
tried in that order, paragraph by paragraph as a reader meets them. Where none is sure, nobody is named: a wrong
speaker is worse than none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from indexes.article import Paragraph, Quotation, Speaker
from indexes.clauses import Sentence, quotations_in, split_sentences, tokenise
from indexes.cues import Cue, find_cues, unknown_verb_before, unknown_verb_behind
from indexes.layouts import Said, interview_lines, signature
from indexes.mentions import Mention
from indexes.people import People
from indexes.quotations import find_quotations, word_count
from indexes.referents import NAMED, Entry, Place, Referents
from indexes.subjects import main_subject
from indexes.wordlists import ADVERBS, COORDINATORS, GOING_ON, JUDGING, OPENS_A_CLAUSE, PLURAL_ROLES, ROLES, TITLED

# Confidence is the precision of a rule on development data; rag/evaluation/attribution.py says on which.
BY_THE_SENTENCE = 0.9  # `Smith shrugged: “…”`: no verb of saying
SAME_PARAGRAPH = 0.95  # `“…,” Smith said. “…”`
SAME_PARAGRAPH_PHRASE = 0.78  # `Smith said … . It would be “a disaster”.`
CARRIED = 0.87
RUNNING = 0.93
ANSWER = 0.8  # "A:" in an interview with the only person introduced above it
BETWEEN = 0.75  # a phrase in a paragraph between two by the same speaker

_PHRASE = 4  # fewer words between quotation marks may be a title or a doubtful word: nobody need have said them
_PHRASE_OF_SOMEBODY = 5  # tokens: "But another senior aide"
_SOMEBODY = frozenset({"one", "another", "others", "some", "someone", "somebody"})
_JUDGING = frozenset(JUDGING.values())
_LABEL = 4  # letters: shorter labels of an interview are initials
_NEARLY_ALL = 0.85  # of a paragraph's characters
_HOSTILE = 60_000  # characters: no journalist writes such a paragraph


def resolve_speakers(paragraphs: Sequence[Paragraph]) -> tuple[Paragraph, ...]:
    """Return the paragraphs of one article with the quotations of its body filled in, and who said them."""
    body = [paragraph for paragraph in paragraphs if paragraph.kind == "body"]
    quotations = find_quotations([paragraph.text for paragraph in body])
    pages = [_page(index, *pair) for index, pair in enumerate(zip(body, quotations, strict=True), start=1)]
    _Reader(_register(paragraphs, pages), pages).read()
    filled = iter(pages)
    return tuple(
        replace(paragraph, quotations=_quotations(next(filled))) if paragraph.kind == "body" else paragraph
        for paragraph in paragraphs
    )


@dataclass(slots=True, eq=False)
class _Spoken:
    """A quotation whose speaker is being looked for."""

    start: int
    end: int
    words: int
    run: int | None = None
    speaker: Speaker | None = None
    settled: bool = False  # an attribution was found, even where it names nobody

    def settle(self, speaker: Speaker | None) -> None:
        self.speaker = speaker
        self.settled = True


@dataclass(slots=True, eq=False)
class _Page:
    """A body paragraph while it is being read."""

    number: int
    text: str
    sentences: list[Sentence]
    spoken: list[_Spoken]
    statements: list[Quotation] = field(default_factory=list)  # indirect ones
    opinions: set[int] = field(default_factory=set)  # where those begin that report no words: "Smith welcomed the plan"
    awaits: Speaker | None = None  # "Smith wrote:" at its end: the next paragraph holds what Smith wrote

    @property
    def is_quotation(self) -> bool:
        """True where it holds little more than quotations."""
        quoted = sum(spoken.end - spoken.start for spoken in self.spoken)
        return bool(self.spoken) and quoted >= _NEARLY_ALL * len(self.text)

    @property
    def ends_with_statement(self) -> bool:
        return bool(self.statements) and self.statements[-1].end >= len(self.text.rstrip()) - 1

    @property
    def speakers(self) -> list[Speaker]:
        """Everybody who speaks in it so far, quotations first."""
        said = [spoken.speaker for spoken in self.spoken] + [statement.speaker for statement in self.statements]
        return [speaker for speaker in said if speaker is not None]

    def opens_with(self, spoken: _Spoken) -> bool:
        return not self.text[: spoken.start].strip()


def _page(number: int, paragraph: Paragraph, quotations: Sequence[Quotation]) -> _Page:
    text = paragraph.text
    sentences = split_sentences(tokenise(text, quotations)) if len(text) <= _HOSTILE else []
    spoken = [_Spoken(q.start, q.end, word_count(text[q.start : q.end]), q.run) for q in quotations]
    return _Page(paragraph.number or number, text, sentences, spoken)


def _register(paragraphs: Sequence[Paragraph], pages: Sequence[_Page]) -> People:
    """Enter everybody whom the body or a caption names in full."""
    people = People()
    for page in pages:
        people.learn(page.sentences, page.number)
    for paragraph in paragraphs:
        if paragraph.kind == "caption" and len(paragraph.text) <= _HOSTILE:
            people.learn(split_sentences(tokenise(paragraph.text, [])), 1)
    people.tell_employers()
    return people


def _quotations(page: _Page) -> tuple[Quotation, ...]:
    """Return what a paragraph holds, in reading order; phrases that nobody is known to have said are left out."""
    direct = [
        Quotation(spoken.start, spoken.end, direct=True, speaker=spoken.speaker, run=spoken.run)
        for spoken in page.spoken
        if spoken.speaker or spoken.run is not None or _is_speech(page.text[spoken.start : spoken.end], spoken.words)
    ]
    return tuple(sorted([*direct, *page.statements], key=lambda quotation: (quotation.start, quotation.end)))


def _is_speech(text: str, words: int) -> bool:
    """Tell a quotation from a title or a doubtful word, where nobody is known to have said it."""
    if words < _PHRASE:
        return False
    bare = [word.strip("“”\"'‘’`«»„.,:;?!()") for word in text.split()]
    return not all(word[0].isupper() for word in bare if len(word) > 3)


class _Reader:
    """Reads the pages of one article in order."""

    def __init__(self, people: People, pages: Sequence[_Page]) -> None:
        self.people = people
        self.pages = pages
        self.referents = Referents(people)
        self.first_line = 0  # the paragraph where an interview begins

    def read(self) -> None:
        lines = interview_lines([page.text for page in self.pages])
        last_line = max((index for index, line in enumerate(lines) if line), default=-1)
        self._learn_labels(lines)
        self.first_line = next((page.number for page, line in zip(self.pages, lines, strict=True) if line), 0)
        answering: Speaker | None = None
        for index, (page, line) in enumerate(zip(self.pages, lines, strict=True)):
            if line is not None:
                answering = self._read_line(page, line)
            elif answering is not None and index < last_line and page.text.strip():
                page.spoken = [_whole(page, 0, len(page.text), replace(answering, how="carried"))]
            else:
                self._read_page(index, page)
                self._read_signature(index, page)
        self._join_runs()
        self._fill_between()

    # ------------------------------------------------------------------------------------------------------- layouts

    def _read_line(self, page: _Page, line: Said) -> Speaker | None:
        """Give an interview line to the one whom its label names; a question has no speaker."""
        page.spoken = []
        if line.label == "Q":
            return None
        speaker = self._interviewed(page) if line.label == "A" else self._labelled(line.label, page)
        if speaker is not None:
            page.spoken = [_whole(page, line.start, line.end, speaker)]
        return speaker

    def _learn_labels(self, lines: Sequence[Said | None]) -> None:
        """Enter the full names among the labels: "JANE SMITH:" first, "SMITH:" from then on."""
        for number, line in enumerate(lines, start=1):
            words = _words_of(line.label) if line else ()
            if len(words) > 1:
                self.people.enter(Mention("name", words, 0), number)

    def _labelled(self, label: str, page: _Page) -> Speaker | None:
        words = _words_of(label)
        person = self.people.find(Mention("name", words, 0)) or self.people.with_initials(label)
        if person is None and len(label) < _LABEL:
            return None  # initials of nobody whom the article names
        return Speaker(person.name if person else " ".join(words), "named", NAMED, page.number)

    def _interviewed(self, page: _Page) -> Speaker | None:
        """Return whom Qs and As are with: the only person named in full above the first question."""
        above = [person for person in self.people if person.introduced < self.first_line]
        if len(above) != 1:
            return None
        return Speaker(above[0].name, "role", ANSWER, above[0].introduced)

    def _read_signature(self, index: int, page: _Page) -> None:
        """Give a paragraph, or the one above, to the name that it is signed with."""
        said = signature(page.text)
        if said is None or page.statements:
            return
        above = index > 0 and said.end == 0 and self.pages[index - 1].is_quotation
        target = self.pages[index - 1] if above else page
        if (said.end == 0 and not above) or any(spoken.settled for spoken in target.spoken):
            return  # "--Jane Smith" below a report is its author
        person = self.people.find(Mention("name", tuple(said.label.split()), 0))
        speaker = Speaker(person.name if person else said.label, "named", NAMED, page.number)
        target.spoken = target.spoken or [_Spoken(0, said.end, _PHRASE)]
        for spoken in target.spoken:
            spoken.settle(speaker)

    # --------------------------------------------------------------------------------------------------- one paragraph

    def _read_page(self, index: int, page: _Page) -> None:
        """Attribute the quotations of a paragraph by its own words, then by what stands around it."""
        by_start = {spoken.start: spoken for spoken in page.spoken}
        for sentence in page.sentences:
            self._read_sentence(index, page, sentence, by_start)
            self.referents.next_sentence()
        self._go_on_from_above(index, page)
        self._go_back_to_opening(page)
        _leave_to_the_unnamed(page)
        if page.is_quotation and not page.speakers:
            self.referents.skip(index)

    def _read_sentence(self, index: int, page: _Page, sentence: Sentence, by_start: Mapping[int, _Spoken]) -> None:
        cues = find_cues(sentence)
        speakers = [self._speaker(cue, index, page, sentence) for cue in cues]
        for token in quotations_in(sentence):
            spoken = by_start[sentence[token].start]
            if _is_title(sentence, token, cues):
                continue
            chosen = _cue_for(sentence, token, cues)
            if chosen is not None:
                spoken.settle(speakers[chosen])
            else:
                self._read_without_cue(Place(index, page.number, sentence, token), page, spoken)
        _note_statement(page, sentence, cues, speakers)
        says = any(cue.states for cue in cues) or next(quotations_in(sentence), None) is not None
        self._remember(Place(index, page.number, sentence, len(sentence)), speakers, says)
        page.awaits = self._awaited(page, sentence, cues, speakers)

    def _speaker(self, cue: Cue, index: int, page: _Page, sentence: Sentence) -> Speaker | None:
        # Whoever is named before "…, he said." is spoken of, and does not speak.
        token = 0 if cue.follows and cue.mention and cue.mention.kind == "pronoun" else cue.first
        place = Place(index, page.number, sentence, token, goes_on=cue.verb in GOING_ON)
        return self.referents.identify(cue.mention, place)

    def _read_without_cue(self, place: Place, page: _Page, spoken: _Spoken) -> None:
        """Attribute a quotation whose sentence has no verb of saying that we know."""
        sentence, token = place.sentence, place.token
        cue = unknown_verb_behind(sentence, token) or unknown_verb_before(sentence, token)
        if cue is not None:
            spoken.settle(self._speaker(cue, place.page, page, sentence))
            return
        before = sentence[token - 1].text if token else ""
        if before == ":" and _is_about_somebody_unnamed(sentence):
            spoken.settle(None)
            return
        if before == ":" or (before == "," and spoken.words >= _PHRASE):
            speaker = self.referents.person(place)
            if speaker is not None:
                spoken.settle(_at_most(speaker, BY_THE_SENTENCE))
                return
        self._go_on_in_paragraph(place, page, spoken)

    def _go_on_in_paragraph(self, place: Place, page: _Page, spoken: _Spoken) -> None:
        """`“…,” Smith said. “…”`: let Smith go on speaking, unless the sentence is about somebody else."""
        latest = self.referents.latest()
        if latest is None or latest.page != place.page:
            return
        known = _speaking(page, latest.name)
        if _is_bare(place.sentence):
            subject = Speaker(latest.name, "carried", SAME_PARAGRAPH_PHRASE, latest.named)
            spoken.settle(_at_most(known, SAME_PARAGRAPH) if known else subject)
        elif known and spoken.words > 1 and latest.speaks and _is_about_nobody_else(place.sentence, latest):
            spoken.settle(_at_most(replace(known, how="carried"), SAME_PARAGRAPH_PHRASE))

    def _remember(self, place: Place, speakers: Sequence[Speaker | None], says: bool) -> None:
        """Keep who speaks in a sentence, else whom it is about, for the pronouns to come."""
        speaker = next((speaker for speaker in speakers if speaker is not None), None)
        subject = None if speaker else self.referents.subject(place)
        if speaker is not None and speaker.how == "named":
            self.referents.lean(speaker, place.sentence)
        mentioned = None if speaker or subject else self.referents.only_person(place)
        kept = speaker or subject or mentioned
        if kept is not None:
            self.referents.remember(place.page, kept, speaks=says and kept is speaker, weak=kept is mentioned)

    def _awaited(
        self, page: _Page, sentence: Sentence, cues: Sequence[Cue], speakers: Sequence[Speaker | None]
    ) -> Speaker | None:
        """Return who speaks in the next paragraph, where this sentence ends with "Smith wrote:"."""
        if sentence[-1].text not in (":", ","):
            return None
        for cue, speaker in zip(reversed(cues), reversed(speakers), strict=True):
            if speaker is not None and not cue.follows:
                return speaker
        latest = self.referents.latest()
        if sentence[-1].text == "," or latest is None or main_subject(sentence) is None:
            return None
        return Speaker(latest.name, "named", BY_THE_SENTENCE, page.number)

    def _go_on_from_above(self, index: int, page: _Page) -> None:
        """Attribute what opens a paragraph and has no attribution of its own by the paragraph above."""
        if not index or not page.spoken or page.spoken[0].settled:
            return
        above, first = self.pages[index - 1], page.spoken[0]
        if above.awaits is not None and page.opens_with(first):
            self._give(index, page, above.awaits)
            return
        last = above.spoken[-1] if above.spoken else None
        if first.run is not None and last is not None and last.run == first.run:
            return  # a running quotation: joined later
        statement = above.statements[-1].speaker if above.ends_with_statement else None
        speaker = last.speaker if last else statement
        if page.is_quotation and speaker is not None:
            self._give(index, page, _at_most(replace(speaker, how="carried"), CARRIED))

    def _give(self, index: int, page: _Page, speaker: Speaker) -> None:
        for spoken in page.spoken:
            if spoken.settled:
                break
            spoken.settle(speaker)
        self.referents.remember(index, speaker, speaks=True)

    def _go_back_to_opening(self, page: _Page) -> None:
        """`“….” But, she added, “….”`: the quotation that opens the paragraph is hers too."""
        if len(page.spoken) < 2:
            return
        first, second = page.spoken[:2]
        open_speech = not first.settled and first.run is None and first.words >= _PHRASE
        if open_speech and second.speaker is not None and page.opens_with(first):
            first.settle(_at_most(second.speaker, CARRIED))

    # -------------------------------------------------------------------------------------------- over paragraphs

    def _join_runs(self) -> None:
        """Give every piece of a running quotation the speaker whom one of its pieces names."""
        runs: dict[int, list[_Spoken]] = {}
        for page in self.pages:
            for spoken in page.spoken:
                if spoken.run is not None:
                    runs.setdefault(spoken.run, []).append(spoken)
        for pieces in runs.values():
            known = [piece.speaker for piece in pieces if piece.speaker]
            known.sort(key=lambda speaker: speaker.how == "carried")
            for piece in pieces if known else ():
                if piece.speaker is None or piece.speaker.how == "carried":
                    piece.settle(_at_most(replace(known[0], how="running quotation"), RUNNING))

    def _fill_between(self) -> None:
        """Give a phrase between two paragraphs of one speaker to that speaker."""
        for above, page, below in zip(self.pages, self.pages[1:], self.pages[2:], strict=False):
            if page.speakers or any(spoken.settled or spoken.words < 2 for spoken in page.spoken):
                continue
            names = {speaker.name for speaker in above.speakers + below.speakers}
            if len(names) != 1 or not above.speakers or not all(speaker.inferred for speaker in below.speakers):
                continue
            if below.speakers and _names_nobody(page):
                for spoken in page.spoken:
                    spoken.settle(replace(above.speakers[0], how="carried", confidence=BETWEEN))


# ---------------------------------------------------------------------------------------------- judging one sentence


def _cue_for(sentence: Sentence, quotation: int, cues: Sequence[Cue]) -> int | None:
    """Return which cue of its sentence attributes a quotation: the one that touches it, else the nearest before it."""
    touching = [n for n, cue in enumerate(cues) if cue.first > quotation and _touches(sentence, quotation, cue.first)]
    if touching:
        return touching[0]
    before = [n for n, cue in enumerate(cues) if cue.behind <= quotation]
    opening = [n for n in before if not cues[n].follows or cues[n].verb == "according"]
    if before:
        return (opening or before)[-1]
    return next((n for n, cue in enumerate(cues) if cue.states or cue.follows), None)


def _is_title(sentence: Sentence, quotation: int, cues: Sequence[Cue]) -> bool:
    """Tell the title in "the author of “Blue Hills” said", "a ship named “Hope”" from words that were said."""
    if any(cue.first <= quotation < cue.behind for cue in cues):
        return True
    return quotation > 0 and sentence[quotation - 1].low in TITLED


def _touches(sentence: Sentence, quotation: int, first: int) -> bool:
    """Tell whether nothing but a comma or an adverb stands between a quotation and the cue behind it."""
    return all(
        token.kind == "mark" or token.low in ADVERBS or token.low in COORDINATORS
        for token in sentence[quotation + 1 : first]
    )


def _note_statement(page: _Page, sentence: Sentence, cues: Sequence[Cue], speakers: Sequence[Speaker | None]) -> None:
    """Note that a sentence is what somebody said in the reporter's words."""
    chosen = _outer_cue(cues)
    speaker = None if chosen is None else speakers[chosen]
    if chosen is None or speaker is None or _only_introduces(sentence, cues[chosen]):
        return
    start, end = sentence[0].start, sentence[-1].end
    quoted = sum(token.end - token.start for token in sentence if token.kind == "quotation")
    if quoted * 2 < end - start:
        page.statements.append(Quotation(start, end, direct=False, speaker=speaker))
        if cues[chosen].verb in _JUDGING and not _reports_words(sentence, cues[chosen]):
            page.opinions.add(start)


def _reports_words(sentence: Sentence, cue: Cue) -> bool:
    """Tell "denied that it leaks", "called it “a disgrace”" from "welcomed the plan"."""
    ahead = sentence[cue.behind : cue.behind + 1]
    return any(token.low in OPENS_A_CLAUSE for token in ahead) or next(quotations_in(sentence), None) is not None


def _leave_to_the_unnamed(page: _Page) -> None:
    """Smith welcomed the plan. “It is mad,” said one member: do not let Smith pass for the one who is quoted."""
    named = {spoken.speaker.name for spoken in page.spoken if spoken.speaker}
    unnamed = any(
        spoken.settled and spoken.speaker is None and _is_speech(page.text[spoken.start : spoken.end], spoken.words)
        for spoken in page.spoken
    )
    if unnamed:
        page.statements = [
            statement
            for statement in page.statements
            if statement.start not in page.opinions or (statement.speaker and statement.speaker.name in named)
        ]


def _only_introduces(sentence: Sentence, cue: Cue) -> bool:
    """Tell whether a cue belongs to a quotation next to it, and the sentence states nothing more."""
    if sentence[0].kind == "quotation":
        return True
    following = next(quotations_in(sentence[cue.behind :]), None)
    if following is None:
        return not cue.follows and all(token.kind == "mark" for token in sentence[cue.behind :])
    between = sentence[cue.behind : cue.behind + following]
    return not between or between[-1].text == ":" or all(token.kind == "mark" for token in between)


def _outer_cue(cues: Sequence[Cue]) -> int | None:
    """Return the cue that makes an indirect statement of a sentence: "Jones lied, Smith said" is Smith's."""
    stating = [n for n, cue in enumerate(cues) if cue.states]
    if not stating:
        return None
    if cues[stating[-1]].follows and cues[stating[-1]].verb != "according":
        return stating[-1]
    return next((n for n in stating if cues[n].verb != "according"), stating[0])


def _is_bare(sentence: Sentence) -> bool:
    """Tell whether a sentence is a quotation and no more than "But" or "And" in front of it."""
    return all(token.kind != "word" or token.low in COORDINATORS or token.low in ADVERBS for token in sentence)


def _is_about_somebody_unnamed(sentence: Sentence) -> bool:
    """Tell `One was blunter: “…”`, `A senior aide shrugged: “…”`."""
    words = [token for token in sentence[:_PHRASE_OF_SOMEBODY] if token.low not in ADVERBS | COORDINATORS]
    first = words[0].low if words else ""
    if first in _SOMEBODY or first in PLURAL_ROLES:
        return True
    return first in ("a", "an") and any(token.low in ROLES for token in words[1:])


def _is_about_nobody_else(sentence: Sentence, latest: Entry) -> bool:
    if _is_about_somebody_unnamed(sentence):
        return False
    subject = main_subject(sentence)
    return subject is None or (subject.kind == "pronoun" and (subject.gender != "" or latest.organisation))


def _names_nobody(page: _Page) -> bool:
    subjects = [main_subject(sentence) for sentence in page.sentences]
    return all(subject is None or subject.kind == "pronoun" for subject in subjects)


def _speaking(page: _Page, name: str) -> Speaker | None:
    """Return how a paragraph has named somebody who speaks in it."""
    return next((speaker for speaker in reversed(page.speakers) if speaker.name == name), None)


def _at_most(speaker: Speaker, confidence: float) -> Speaker:
    return replace(speaker, confidence=min(speaker.confidence, confidence))


def _words_of(label: str) -> tuple[str, ...]:
    """Return the words of a label, not shouted."""
    return tuple(word.title() if word.isupper() and len(word) > 3 else word for word in label.split())


def _whole(page: _Page, start: int, end: int, speaker: Speaker) -> _Spoken:
    """Return an interview answer, which has no marks: all of it is somebody's words."""
    return _Spoken(start, end, word_count(page.text[start:end]), None, speaker, settled=True)
