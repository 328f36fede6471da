"""Who said it: the speaker of every quotation and of every indirect statement in an article.

The words around a quotation name its speaker, or a pronoun or a role stands for somebody named before, or
nothing does: then it may be the next piece of a running quotation, or go on from the paragraph before. Rules are
tried in that order, paragraph by paragraph as a reader meets them. Where none is sure, nobody is named: a wrong
speaker is worse than none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from indexes.article import Paragraph, Quotation, Speaker
from indexes.clauses import Sentence, split_sentences, tokenise
from indexes.cues import Cue, find_cues, iter_quotations, main_subject, unknown_verb_before, unknown_verb_behind
from indexes.layouts import Said, interview_lines, signature
from indexes.mentions import Gender, Mention, names_in
from indexes.people import People, Person
from indexes.quotations import find_quotations, word_count
from indexes.wordlists import ADVERBS, COORDINATORS, FINDINGS, KNOWN_WITHOUT_A_NAME, NATIONALITIES, OPENERS, TIMES

# Confidence is the precision of a rule on development data (see rag/evaluation/attribution.py).
NAMED = 0.97
NAMED_BY_THE_SENTENCE = 0.88  # `Smith shrugged: “…”`: no verb of saying
ORGANISATION = 0.9
SAME_PARAGRAPH = 0.92
PRONOUN = 0.93
DISTANT_PRONOUN = 0.8
ROLE = 0.85
DOUBTFUL_ROLE = 0.72
CARRIED = 0.84
RUNNING = 0.93
INTERVIEW = 0.9
BETWEEN = 0.75  # a phrase in a paragraph between two by the same speaker

_PHRASE = 4  # fewer words between quotation marks may be a title or a doubtful word: nobody need have said them
_MEMORY = 60  # sentences that a pronoun is looked up in
_REACH = 4  # paragraphs that a pronoun reaches back
_HOSTILE = 20_000  # characters: no journalist writes such a paragraph


@dataclass(slots=True, eq=False)
class _Spoken:
    """A quotation whose speaker is being looked for."""

    start: int
    end: int
    words: int
    run: int | None = None
    speaker: Speaker | None = None
    settled: bool = False  # an attribution was found, even where it names nobody


@dataclass(slots=True, eq=False)
class _Page:
    """A body paragraph while it is being read."""

    number: int
    text: str
    sentences: list[Sentence]
    spoken: list[_Spoken]
    indirect: list[Quotation] = field(default_factory=list)
    awaits: Speaker | None = None  # "Smith wrote:" at its end: the next paragraph holds what Smith wrote

    @property
    def quoted(self) -> int:
        return sum(spoken.end - spoken.start for spoken in self.spoken)

    @property
    def is_quotation(self) -> bool:
        """True where it holds little more than quotations."""
        return bool(self.spoken) and self.quoted >= 0.85 * len(self.text)


@dataclass(frozen=True, slots=True)
class _Entry:
    """Who spoke in a sentence, or whom it was about: where pronouns look."""

    page: int
    who: "Person | str"
    speaks: bool


def resolve_speakers(paragraphs: Sequence[Paragraph]) -> tuple[Paragraph, ...]:
    """Return the paragraphs of one article with the quotations of its body filled in, and who said them."""
    body = [paragraph for paragraph in paragraphs if paragraph.kind == "body"]
    quotations = find_quotations([paragraph.text for paragraph in body])
    pages = [_page(index, *pair) for index, pair in enumerate(zip(body, quotations, strict=True), start=1)]
    people = _register(paragraphs, pages)
    _Reader(people, pages).read()
    filled = iter(pages)
    return tuple(
        replace(paragraph, quotations=_quotations(next(filled))) if paragraph.kind == "body" else paragraph
        for paragraph in paragraphs
    )


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
        if paragraph.kind == "caption":
            people.learn(split_sentences(tokenise(paragraph.text, [])), 1)
    return people


def _quotations(page: _Page) -> tuple[Quotation, ...]:
    """Return what a paragraph holds, in reading order; phrases that nobody is known to have said are left out."""
    direct = [
        Quotation(spoken.start, spoken.end, direct=True, speaker=spoken.speaker, run=spoken.run)
        for spoken in page.spoken
        if spoken.speaker or spoken.run is not None or _is_speech(page.text[spoken.start : spoken.end], spoken.words)
    ]
    return tuple(sorted([*direct, *page.indirect], key=lambda quotation: (quotation.start, quotation.end)))


def _is_speech(text: str, words: int) -> bool:
    """Tell a quotation from a title or a doubtful word, where nobody is known to have said it."""
    if words < _PHRASE:
        return False
    long_words = [word for word in text.split() if len(word.strip("“”\"'‘’.,:;?!")) > 3]
    return not all(word.strip("“”\"'‘’`«")[:1].isupper() for word in long_words)


class _Reader:
    """Reads the pages of one article in order, remembering who was spoken of."""

    def __init__(self, people: People, pages: Sequence[_Page]) -> None:
        self.people = people
        self.pages = pages
        self.trail: list[_Entry] = []
        self.sentence = 0  # sentences read so far

    def read(self) -> None:
        texts = [page.text for page in self.pages]
        lines = interview_lines(texts)
        answering: Speaker | None = None
        for index, page in enumerate(self.pages):
            line = lines[index]
            if line is not None:
                answering = self._interview_line(page, line)
                continue
            if answering is not None and any(lines[index:]):
                page.spoken = [_Spoken(0, len(page.text), 9, None, replace(answering, how="carried"), settled=True)]
                continue
            self._read_page(index, page)
            self._signed(index, page)
        self._join_runs()
        self._fill_between()

    # ------------------------------------------------------------------------------------------------------- layouts

    def _interview_line(self, page: _Page, line: Said) -> Speaker | None:
        """Give an interview line to the one whom its label names; a question has no speaker."""
        page.spoken = []
        if line.label == "Q":
            return None
        speaker = self._interviewed(page) if line.label == "A" else self._by_label(line.label, page)
        if speaker is not None:
            page.spoken = [_Spoken(line.start, line.end, 9, None, speaker, settled=True)]
        return speaker

    def _by_label(self, label: str, page: _Page) -> Speaker | None:
        words = tuple(word.title() if word.isupper() and len(word) > 3 else word for word in label.split())
        person = self.people.find(Mention("name", words, 0)) or self._by_initials(label)
        if person is not None:
            return Speaker(person.name, "named", NAMED, page.number)
        return Speaker(" ".join(words), "named", INTERVIEW, page.number) if len(words) > 1 else None

    def _by_initials(self, label: str) -> Person | None:
        initials = label.replace(".", "").replace(" ", "")
        if not initials.isupper() or not 2 <= len(initials) <= 3:
            return None
        fitting = [p for p in self.people if "".join(word[0] for word in p.words).upper() == initials]
        return fitting[0] if len(fitting) == 1 else None

    def _interviewed(self, page: _Page) -> Speaker | None:
        """Return whom an interview of Qs and As is with: the only person named in full before the first question."""
        before = [person for person in self.people if person.introduced < page.number - 1]
        if len(before) != 1:
            before = [person for person in before if person.introduced == 1][:1] if len(before) < 3 else []
        return Speaker(before[0].name, "role", DISTANT_PRONOUN, before[0].introduced) if before else None

    def _signed(self, index: int, page: _Page) -> None:
        """Give a paragraph, or the one above, to the name that it is signed with."""
        said = signature(page.text)
        if said is None or page.indirect:
            return
        above = index and said.end == 0 and self.pages[index - 1].is_quotation
        target = self.pages[index - 1] if above else page
        if (said.end == 0 and not above) or any(spoken.settled for spoken in page.spoken):
            return  # "--Jane Smith" below a report is its author
        person = self.people.find(Mention("name", tuple(said.label.split()), 0))
        speaker = Speaker(person.name if person else said.label, "named", NAMED, page.number)
        if not target.spoken:
            target.spoken = [_Spoken(0, said.end, _PHRASE)]
        for spoken in target.spoken:
            spoken.speaker, spoken.settled = speaker, True

    # --------------------------------------------------------------------------------------------------- one paragraph

    def _read_page(self, index: int, page: _Page) -> None:
        """Attribute the quotations of a paragraph by its own words, then by what stands around it."""
        by_start = {spoken.start: spoken for spoken in page.spoken}
        for sentence in page.sentences:
            self._read_sentence(index, page, sentence, by_start)
            self.sentence += 1
        self._from_paragraph_before(index, page)
        self._from_sentence_behind(page)

    def _read_sentence(self, index: int, page: _Page, sentence: Sentence, by_start: dict[int, _Spoken]) -> None:
        cues = find_cues(sentence)
        speakers = [self._identify(cue.mention, index, page, sentence, cue.first) for cue in cues]
        places = list(iter_quotations(sentence))
        for place in places:
            spoken = by_start[sentence[place].start]
            chosen = _cue_for(sentence, place, cues)
            if chosen is not None:
                spoken.speaker, spoken.settled = speakers[chosen], True
                continue
            self._by_sentence(index, page, sentence, place, spoken)
        self._state_indirectly(page, sentence, cues, speakers)
        self._remember(index, sentence, cues, speakers, page)
        self._await_next(page, sentence, cues, speakers)

    def _by_sentence(self, index: int, page: _Page, sentence: Sentence, place: int, spoken: _Spoken) -> None:
        """Attribute a quotation whose sentence has no verb of saying."""
        cue = unknown_verb_behind(sentence, place) or unknown_verb_before(sentence, place)
        if cue is not None:
            spoken.speaker = self._identify(cue.mention, index, page, sentence, cue.first)
            spoken.settled = True
            return
        before = sentence[place - 1] if place else None
        if before is not None and (before.text == ":" or (before.text == "," and spoken.words >= _PHRASE)):
            subject = main_subject(sentence[:place])
            speaker = self._identify(subject, index, page, sentence, 0) if subject else None
            if speaker is not None:
                spoken.speaker = replace(speaker, confidence=min(speaker.confidence, NAMED_BY_THE_SENTENCE))
                spoken.settled = True
                return
        self._go_on_in_paragraph(index, page, sentence, place, spoken)

    def _go_on_in_paragraph(self, index: int, page: _Page, sentence: Sentence, place: int, spoken: _Spoken) -> None:
        """`“…,” Smith said. “…”`: let Smith go on speaking, unless the sentence is about somebody else."""
        entry = self._latest_in(index)
        if entry is None:
            return
        if not _is_bare(sentence):
            subject = main_subject(sentence)
            if subject is not None and subject.words[0] not in ("he", "she"):
                return
            if not entry.speaks or spoken.words < 2:
                return
        speaker = self._speaker_in(page, entry, or_subject=_is_bare(sentence))
        if speaker is not None:
            confidence = SAME_PARAGRAPH if _is_bare(sentence) else DISTANT_PRONOUN
            spoken.speaker = replace(speaker, confidence=min(speaker.confidence, confidence))
            spoken.settled = True

    def _latest_in(self, index: int) -> _Entry | None:
        """Return who spoke last, or was spoken of last, in this paragraph."""
        if self.trail and self.trail[-1].page == index:
            return self.trail[-1]
        return None

    def _speaker_in(self, page: _Page, entry: _Entry, or_subject: bool) -> Speaker | None:
        """Return the speaker of this paragraph so far, as the words before put it."""
        name = entry.who if isinstance(entry.who, str) else entry.who.name
        said = [spoken.speaker for spoken in page.spoken] + [statement.speaker for statement in page.indirect]
        for speaker in reversed(said):
            if speaker is not None and speaker.name == name:
                return speaker
        return Speaker(name, "carried", DISTANT_PRONOUN, page.number) if or_subject else None

    def _state_indirectly(
        self, page: _Page, sentence: Sentence, cues: Sequence[Cue], speakers: Sequence[Speaker | None]
    ) -> None:
        """Note that a sentence is what somebody said in the reporter's words."""
        chosen = _outer_statement(cues)
        if chosen is None:
            return
        speaker = speakers[chosen]
        start, end = sentence[0].start, sentence[-1].end
        quoted = sum(token.end - token.start for token in sentence if token.kind == "quotation")
        if speaker is not None and quoted * 2 < end - start:
            page.indirect.append(Quotation(start, end, direct=False, speaker=speaker))

    def _await_next(
        self, page: _Page, sentence: Sentence, cues: Sequence[Cue], speakers: Sequence[Speaker | None]
    ) -> None:
        """Remember "Smith wrote:" at the end of a paragraph."""
        page.awaits = None
        if sentence[-1].text not in (":", ","):
            return
        for cue, speaker in zip(reversed(cues), reversed(speakers), strict=True):
            if speaker is not None and not cue.follows:
                page.awaits = speaker
                return
        subject = main_subject(sentence)
        if sentence[-1].text == ":" and subject is not None and self.trail:
            last = self.trail[-1].who
            name = last if isinstance(last, str) else last.name
            page.awaits = Speaker(name, "named", NAMED_BY_THE_SENTENCE, page.number)

    def _remember(
        self,
        index: int,
        sentence: Sentence,
        cues: Sequence[Cue],
        speakers: Sequence[Speaker | None],
        page: _Page,
    ) -> None:
        """Keep who speaks in a sentence, else whom it is about, for the pronouns to come."""
        for cue, speaker in zip(cues, speakers, strict=True):
            if speaker is not None:
                who = self._entity(cue.mention, speaker)
                self.trail.append(_Entry(index, who, speaks=True))
                return
        subject = main_subject(sentence)
        if subject is None or (subject.kind == "pronoun" and subject.words[0] in ("it", "they")):
            return
        found = self._identify(subject, index, page, sentence, 0)
        if found is not None:
            self.trail.append(_Entry(index, self._entity(subject, found), speaks=False))

    def _entity(self, mention: Mention | None, speaker: Speaker) -> "Person | str":
        for person in self.people:
            if person.name == speaker.name:
                return person
        return speaker.name

    def _from_paragraph_before(self, index: int, page: _Page) -> None:
        """Attribute what opens a paragraph and has no attribution of its own by the paragraph before."""
        if not index or not page.spoken or page.spoken[0].settled:
            return
        before = self.pages[index - 1]
        first = page.spoken[0]
        if before.awaits is not None and not page.text[: first.start].strip():
            self._give_opening(index, page, before.awaits)
            return
        last = before.spoken[-1] if before.spoken else None
        latest = before.indirect[-1] if last is None and before.indirect else last
        speaker = latest.speaker if latest else None
        if first.run is not None and last is not None and last.run == first.run:
            return  # a running quotation: joined later
        if page.is_quotation and speaker is not None and (last is not None or _ends_with_statement(before)):
            carried = replace(speaker, how="carried", confidence=min(speaker.confidence, CARRIED))
            self._give_opening(index, page, carried)

    def _give_opening(self, index: int, page: _Page, speaker: Speaker) -> None:
        for spoken in page.spoken:
            if spoken.settled:
                return
            spoken.speaker, spoken.settled = speaker, True
        self.trail.append(_Entry(index, self._entity(None, speaker), speaks=True))

    def _from_sentence_behind(self, page: _Page) -> None:
        """`“….” But, she added, “….”`: the first quotation is hers too."""
        for spoken, following in zip(reversed(page.spoken[:-1]), reversed(page.spoken[1:]), strict=True):
            if spoken.settled or spoken.run is not None or following.speaker is None or spoken.words < _PHRASE:
                continue
            if spoken.start == page.spoken[0].start and not page.text[: spoken.start].strip():
                spoken.speaker = replace(following.speaker, confidence=min(following.speaker.confidence, CARRIED))
                spoken.settled = True

    # --------------------------------------------------------------------------------------------- over paragraphs

    def _join_runs(self) -> None:
        """Give every piece of a running quotation the speaker whom one of its pieces names."""
        runs: dict[int, list[_Spoken]] = {}
        for page in self.pages:
            for spoken in page.spoken:
                if spoken.run is not None:
                    runs.setdefault(spoken.run, []).append(spoken)
        for pieces in runs.values():
            named = [piece.speaker for piece in pieces if piece.speaker and piece.speaker.how != "carried"]
            known = named or [piece.speaker for piece in pieces if piece.speaker]
            if not known:
                continue
            running = replace(known[0], how="running quotation", confidence=min(known[0].confidence, RUNNING))
            for piece in pieces:
                if piece.speaker is None or piece.speaker.how == "carried":
                    piece.speaker = running

    def _fill_between(self) -> None:
        """Give a phrase between two paragraphs of one speaker to that speaker."""
        for before, page, behind in zip(self.pages, self.pages[1:], self.pages[2:], strict=False):
            open_ones = [spoken for spoken in page.spoken if not spoken.settled and spoken.words > 1]
            if not open_ones or len(open_ones) != len(page.spoken) or page.indirect:
                continue
            left, right = _main_speaker(before), _main_speaker(behind)
            if left and right and left.name == right.name and _inferred(behind) and _names_nobody(page):
                for spoken in open_ones:
                    spoken.speaker = replace(left, how="carried", confidence=BETWEEN)

    # ------------------------------------------------------------------------------------------------- who is meant

    def _identify(
        self, mention: Mention | None, index: int, page: _Page, sentence: Sentence, at: int
    ) -> Speaker | None:
        """Return whom a mention means here, or None."""
        if mention is None or mention.kind == "group":
            return None
        if mention.kind == "name":
            return self._by_name(mention, page)
        if mention.kind == "pronoun":
            return self._by_pronoun(mention, index, page, sentence, at)
        if mention.kind == "role":
            return self._by_role(mention, index, page)
        if mention.kind == "document":
            return self._by_document(mention, index, page)
        return self._by_organisation(mention, index, page)

    def _by_organisation(self, mention: Mention, index: int, page: _Page) -> Speaker | None:
        """Return an organisation; "the company" is the one spoken of just before, "Church" may be a surname."""
        head = mention.words[-1].lower()
        if len(mention.words) == 1:
            person = self.people.find(replace(mention, kind="name"))
            if person is not None and mention.text[0].isupper():
                return self._by_name(replace(mention, kind="name"), page)
            if head in NATIONALITIES or head in TIMES or head.rstrip("s") in NATIONALITIES:
                return None
        if any(word[0].isupper() for word in mention.words):
            return Speaker(mention.text, "named", ORGANISATION, page.number)
        entry = self.trail[-1] if self.trail else None
        if entry is not None and index - entry.page < 2 and isinstance(entry.who, str):
            return Speaker(entry.who, "role", DOUBTFUL_ROLE, self.pages[entry.page].number)
        return Speaker(mention.text, "named", ROLE, page.number) if head in KNOWN_WITHOUT_A_NAME else None

    def _by_name(self, mention: Mention, page: _Page) -> Speaker | None:
        person = self.people.find(mention)
        if person is None and (len(mention.words) > 1 or mention.titled):
            person = self.people.enter(mention, page.number)
        if person is None:
            word = mention.text
            if not self.people.is_proper(word) or (mention.loose and word[1:].islower()):
                return None
            return Speaker(mention.text, "named", ORGANISATION, page.number)
        person.seen = self.sentence
        person.gender = person.gender or mention.gender
        return Speaker(person.name, "named", NAMED, page.number)

    def _by_pronoun(self, mention: Mention, index: int, page: _Page, sentence: Sentence, at: int) -> Speaker | None:
        if mention.words[0] in ("it", "they"):
            return self._by_it(index, page)
        candidate = self._in_sentence(mention, sentence[:at]) or self._on_trail(mention.gender, index)
        if candidate is None:
            return None
        person, distance = candidate
        person.gender = person.gender or mention.gender
        person.seen = self.sentence
        confidence = PRONOUN if distance < 2 else DISTANT_PRONOUN
        named = self.pages[index - distance].number
        return Speaker(person.name, "pronoun", confidence, named)

    def _in_sentence(self, mention: Mention, before: Sentence) -> tuple[Person, int] | None:
        """Return the person whom the same sentence names before the pronoun: its subject, or whose it is."""
        subject = main_subject(before)
        named = [subject] if subject and subject.kind == "name" else []
        owners = [name for name, _, behind in names_in(before) if before[behind - 1].possessive]
        for name, owns in [*((name, False) for name in named), *((name, True) for name in owners)]:
            person = self.people.find(name)
            if person is not None and person.gender in ((mention.gender,) if owns else (mention.gender, "")):
                return person, 0
        return None

    def _on_trail(self, gender: Gender, index: int) -> tuple[Person, int] | None:
        """Return the latest person of that gender, and how many paragraphs back."""
        for entry in self.trail[: -_MEMORY - 1 : -1]:
            distance = index - entry.page
            if distance > _REACH:
                return None
            if isinstance(entry.who, Person) and entry.who.gender in (gender, ""):
                return entry.who, distance
        return None

    def _by_it(self, index: int, page: _Page) -> Speaker | None:
        """Return the organisation that spoke last."""
        for entry in self.trail[: -_MEMORY - 1 : -1]:
            if index - entry.page > 1:
                return None
            if isinstance(entry.who, str):
                return Speaker(entry.who, "pronoun", DISTANT_PRONOUN, self.pages[entry.page].number)
            if entry.speaks:
                return None
        return None

    def _by_role(self, mention: Mention, index: int, page: _Page) -> Speaker | None:
        if not mention.definite:
            return None
        holders = self.people.with_roles(mention.roles)
        holders = [person for person in holders if not mention.gender or person.gender in (mention.gender, "")]
        if not holders:
            return None
        person = holders[0]
        if len(holders) > 1 and person.seen < 0:
            return None
        confidence = ROLE if len(holders) == 1 else DOUBTFUL_ROLE
        person.seen = self.sentence
        return Speaker(person.name, "role", confidence, person.introduced)

    def _by_document(self, mention: Mention, index: int, page: _Page) -> Speaker | None:
        """Return whose statement or report it is: its owner, or who was spoken of just before."""
        if mention.words:
            person = self.people.find(Mention("name", mention.words, mention.start))
            name = person.name if person else mention.text
            return Speaker(name, "named", ORGANISATION, page.number)
        entry = self.trail[-1] if self.trail else None
        if entry is None or entry.page != index or not isinstance(entry.who, str) or not mention.roles & FINDINGS:
            return None
        return Speaker(entry.who, "role", BETWEEN, self.pages[entry.page].number)


# ---------------------------------------------------------------------------------------------- judging one sentence


def _cue_for(sentence: Sentence, place: int, cues: Sequence[Cue]) -> int | None:
    """Return which cue of its sentence attributes the quotation at a place."""
    behind = [n for n, cue in enumerate(cues) if cue.first > place and _touches(sentence, place, cue.first)]
    if behind:
        return behind[0]
    before = [n for n, cue in enumerate(cues) if cue.behind <= place and not (cue.follows and cue.verb != "according")]
    before = before or [n for n, cue in enumerate(cues) if cue.behind <= place]
    if before:
        return before[-1]
    return next((n for n, cue in enumerate(cues) if cue.states or cue.follows), None)


def _touches(sentence: Sentence, place: int, first: int) -> bool:
    """Tell whether nothing but a comma or an adverb stands between a quotation and the cue behind it."""
    return all(
        token.kind == "mark" or token.low in ADVERBS or token.low in COORDINATORS
        for token in sentence[place + 1 : first]
    )


def _outer_statement(cues: Sequence[Cue]) -> int | None:
    """Return the cue that makes an indirect statement of a sentence: "Jones lied, Smith said" is Smith's."""
    stating = [n for n, cue in enumerate(cues) if cue.states]
    if not stating:
        return None
    if cues[stating[-1]].follows and cues[stating[-1]].verb != "according":
        return stating[-1]
    spoken = [n for n in stating if cues[n].verb != "according"]
    return (spoken or stating)[0]


def _is_bare(sentence: Sentence) -> bool:
    """Tell whether a sentence is a quotation and no more than "But" or "And" in front of it."""
    return all(token.kind != "word" or token.low in COORDINATORS or token.low in ADVERBS for token in sentence)


def _ends_with_statement(page: _Page) -> bool:
    return bool(page.indirect) and page.indirect[-1].end >= len(page.text.rstrip()) - 1


def _main_speaker(page: _Page) -> Speaker | None:
    said: Iterator[Quotation | _Spoken] = iter([*page.spoken, *page.indirect])
    speakers = [quotation.speaker for quotation in said if quotation.speaker]
    return speakers[0] if speakers and len({speaker.name for speaker in speakers}) == 1 else None


def _inferred(page: _Page) -> bool:
    speaker = _main_speaker(page)
    return speaker is not None and speaker.inferred


def _names_nobody(page: _Page) -> bool:
    return all(main_subject(sentence) is None or _opens_with_pronoun(sentence) for sentence in page.sentences)


def _opens_with_pronoun(sentence: Sentence) -> bool:
    return any(token.low in ("he", "she", "they", "it") for token in sentence if token.low not in OPENERS)
