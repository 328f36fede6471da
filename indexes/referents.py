"""Who is meant: a name, a pronoun, a role or an organisation becomes a speaker, at one place of one article.

`Referents` reads along with `indexes.speakers`. It remembers, sentence by sentence, who spoke and whom a sentence
was about, because that is where a reader looks when the text goes on with "she said".
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from indexes.article import Speaker
from indexes.clauses import Sentence
from indexes.mentions import Gender, Mention, names_in
from indexes.people import People, Person
from indexes.subjects import is_about_a_job, main_subjects
from indexes.wordlists import (
    COMMON_ROLES,
    COMPANIES,
    FINDINGS,
    KNOWN_WITHOUT_A_NAME,
    NATIONALITIES,
    ORGANISATIONS,
    TIMES,
)

# Confidence is the precision of a rule on development data; rag/evaluation/attribution.py says on which.
NAMED = 0.98
NAMED_BY_ONE_WORD = 0.93  # a name that the article gives only once, and nothing shows what it is
PRONOUN = 0.93
DISTANT_PRONOUN = 0.8
ROLE = 0.85
DOUBTFUL_ROLE = 0.72

_MALE_PRONOUNS = frozenset({"he", "his", "him", "himself"})
_FEMALE_PRONOUNS = frozenset({"she", "her", "herself"})
_LONGEST_ACRONYM = 6
_MEMORY = 60  # sentences that a pronoun is looked up in
_REACH = 4  # paragraphs that a pronoun reaches back


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mention stands: which body paragraph, by position and by number, in which sentence after which token."""

    page: int
    number: int
    sentence: Sentence
    token: int
    goes_on: bool = False  # "he added": whoever spoke last goes on


@dataclass(frozen=True, slots=True)
class Entry:
    """Who spoke in a sentence, or whom it was about."""

    page: int
    who: Person | str  # an organisation is known by its name alone
    named: int  # the paragraph that names them
    speaks: bool
    weak: bool = False  # only mentioned: "The work was done by Smith."

    @property
    def name(self) -> str:
        return self.who if isinstance(self.who, str) else self.who.name

    @property
    def organisation(self) -> bool:
        return isinstance(self.who, str) or self.who.thing

    @property
    def perhaps_organisation(self) -> bool:
        """True where nothing shows that it is a person."""
        return isinstance(self.who, str) or self.who.thing or not (self.who.gender or self.who.roles)


class Referents:
    """Everybody whom one article has spoken of so far."""

    def __init__(self, people: People) -> None:
        self.people = people
        self._trail: list[Entry] = []
        self._sentences = 0
        self._silent_pages: set[int] = set()

    # -------------------------------------------------------------------------------------------------- remembering

    def latest(self) -> Entry | None:
        """Return who spoke last, or whom a sentence was about last."""
        return next((entry for entry in reversed(self._trail[-_MEMORY:]) if not entry.weak), None)

    def remember(self, page: int, speaker: Speaker, speaks: bool, weak: bool = False) -> None:
        """Keep who spoke in a sentence, or whom it was about; `weak`: only mentioned."""
        who = self.people.by_name(speaker.name) or speaker.name
        if isinstance(who, str):
            self.people.enter_organisation(who, speaker.paragraph)
        self._trail.append(Entry(page, who, speaker.paragraph, speaks, weak))

    def next_sentence(self) -> None:
        self._sentences += 1

    def lean(self, speaker: Speaker, sentence: Sentence) -> None:
        """Learn from "Smith said he …", where nobody else is named, that Smith may be a man."""
        person = self.people.by_name(speaker.name)
        names = list(names_in(sentence))
        if person is None or person.leaning or len(names) != 1:
            return
        words = {token.low for token in sentence[names[0][2] :]}
        genders: set[Gender] = set()
        if words & _MALE_PRONOUNS:
            genders.add("m")
        if words & _FEMALE_PRONOUNS:
            genders.add("f")
        if len(genders) == 1:
            person.leaning = genders.pop()

    def skip(self, page: int) -> None:
        """Note a paragraph that is all quotation: a pronoun reaches over it as if it were not there."""
        self._silent_pages.add(page)

    # -------------------------------------------------------------------------------------------------- identifying

    def identify(self, mention: Mention | None, place: Place) -> Speaker | None:
        """Return whom a mention means here; None where that is not sure."""
        if mention is None or mention.kind == "group":
            return None
        if len(mention.words) > 1 and mention.text.isupper():
            return None  # a shouted headline
        if mention.kind == "name":
            return self._by_name(mention, place)
        if mention.kind == "pronoun":
            return self._by_pronoun(mention, place)
        if mention.kind == "role":
            return self._by_role(mention, place)
        if mention.kind == "document":
            return self._by_document(mention, place)
        return self._by_organisation(mention, place)

    def subject(self, place: Place) -> Speaker | None:
        """Return whom a sentence is about, as far as the token of a place."""
        for mention in main_subjects(place.sentence[: place.token]):
            found = self.identify(mention, place)
            if found is not None:
                return found
        return None

    def only_person(self, place: Place) -> Speaker | None:
        """Return the one person whom a sentence mentions in full."""
        names = [mention for mention, _, _ in names_in(place.sentence) if len(mention.words) > 1]
        if len(names) != 1 or is_about_a_job(place.sentence):
            return None
        return self._by_name(names[0], place)

    def person(self, place: Place) -> Speaker | None:
        """Return the person whom a sentence is about: a paper or a network does not shrug."""
        subject = self.subject(place)
        return subject if subject is not None and self.people.by_name(subject.name) else None

    def _by_name(self, mention: Mention, place: Place) -> Speaker | None:
        person = self.people.find(mention)
        if person is None and (len(mention.words) > 1 or (mention.titled and not self.people.shares(mention))):
            person = self.people.enter(mention, place.number)
        if person is None:
            return self._by_one_word(mention, place)
        self._meet(person, mention.gender)
        self.people.tell(person, mention.roles)
        return Speaker(person.name, "named", NAMED, place.number)

    def _by_one_word(self, mention: Mention, place: Place) -> Speaker | None:
        """Return somebody known by one word only, "Madonna", "FilterCorp"; no word that only opens a sentence."""
        word = mention.text
        if mention.titled or not self.people.is_proper(word) or (mention.loose and word[1:].islower()):
            return None
        if not any(letter.islower() for letter in word) and (len(word) > _LONGEST_ACRONYM or "." in word):
            return None  # a shouted headline, "N.H."
        if word[1:].islower():  # perhaps a person: pronouns may mean it
            self._meet(self.people.enter(mention, place.number), mention.gender)
        return Speaker(word, "named", NAMED_BY_ONE_WORD, place.number)

    def _meet(self, person: Person, gender: Gender) -> None:
        person.seen = self._sentences
        person.gender = person.gender or gender

    # ---------------------------------------------------------------------------------------------------- pronouns

    def _by_pronoun(self, mention: Mention, place: Place) -> Speaker | None:
        if mention.words[0] in ("it", "they"):
            return self._by_it(place)
        person = self._in_sentence(mention.gender, place.sentence[: place.token])
        if person is not None:
            self._meet(person, mention.gender)
            return Speaker(person.name, "pronoun", PRONOUN, place.number)
        return self._latest_person(mention.gender, place)

    def _latest_person(self, gender: Gender, place: Place) -> Speaker | None:
        """Return the latest person of a gender; nobody where two of unknown gender may be meant."""
        quoted = {word.strip("“”\"‘’',.!?") for word in _quoted(place.sentence).split()}
        fitting = [
            (entry, entry.who, distance)
            for entry, distance in self._back_from(place.page)
            if isinstance(entry.who, Person)
            and entry.who.may_be(gender)
            and not quoted.intersection(entry.who.words)  # nobody calls himself by his name
        ]
        if place.goes_on:
            fitting = [found for found in fitting if found[0].speaks] or fitting
        if not fitting:
            return None
        entry, person, distance = fitting[0]
        if entry.weak and any(other is not person and far <= distance + 1 for _, other, far in fitting):
            return None
        rivals = [far for _, other, far in fitting if other is not person and far <= max(1, distance + 1)]
        if not person.gender and distance > 0 and rivals and (distance > 1 or min(rivals) < 2):
            return None
        self._meet(person, gender)
        return Speaker(entry.name, "pronoun", PRONOUN if distance < 2 else DISTANT_PRONOUN, entry.named)

    def _in_sentence(self, gender: Gender, before: Sentence) -> Person | None:
        """Return the person whom the same sentence names before the pronoun: its subject, or whose it is."""
        for subject in main_subjects(before):
            person = self.people.find(subject) if subject.kind == "name" else None
            if person is not None and person.may_be(gender):
                return person
        for owner, _, behind in names_in(before):
            person = self.people.find(owner) if before[behind - 1].possessive else None
            if person is not None and person.gender == gender:
                return person
        return None

    def _by_it(self, place: Place) -> Speaker | None:
        """Return the organisation that spoke last; people are no "it", and "they" may be anybody."""
        for entry, distance in self._back_from(place.page):
            if distance < 2 and (entry.organisation or (entry.perhaps_organisation and " " not in entry.name)):
                return Speaker(entry.name, "pronoun", DISTANT_PRONOUN, entry.named)
            if entry.speaks:
                return None
        return None

    def _back_from(self, page: int) -> Iterator[tuple[Entry, int]]:
        """Yield the trail backwards, each entry with how many paragraphs lie between."""
        for entry in self._trail[: -_MEMORY - 1 : -1]:
            distance = sum(1 for between in range(entry.page, page) if between not in self._silent_pages)
            if distance > _REACH:
                return
            yield entry, distance

    # --------------------------------------------------------------------------------- roles, organisations, documents

    def _by_role(self, mention: Mention, place: Place) -> Speaker | None:
        """Return the one person of whom the article says that they are "the minister"."""
        name = replace(mention, kind="name", roles=frozenset())
        if mention.words[0][0].isupper() and self.people.find(name) is not None:
            return self._by_name(name, place)  # "King said": Stephen King
        if not mention.definite:
            return None
        if not mention.roles:
            return self._just_spoken_of(place)
        holders = [
            person
            for person in self.people.with_roles(mention.roles)
            if not mention.gender or person.gender in (mention.gender, "")
        ]
        if len(holders) > 1 or mention.roles & COMMON_ROLES:
            near = {id(entry.who) for entry, distance in self._back_from(place.page) if distance < 2}
            holders = [person for person in holders if id(person) in near]
            confidence = DOUBTFUL_ROLE
        else:
            confidence = ROLE
        if len(holders) != 1 or holders[0].introduced > place.number + 1:
            return None
        self._meet(holders[0], mention.gender)
        return Speaker(holders[0].name, "role", confidence, holders[0].introduced)

    def _just_spoken_of(self, place: Place) -> Speaker | None:
        """Return whom "the 29-year-old" means: the person of the sentence or paragraph before."""
        for entry, distance in self._back_from(place.page):
            if isinstance(entry.who, Person) and not (entry.who.thing or entry.weak) and distance < 2:
                return Speaker(entry.name, "role", DOUBTFUL_ROLE, entry.named)
        return None

    def _by_organisation(self, mention: Mention, place: Place) -> Speaker | None:
        """Return an organisation; "the company" is the one spoken of just before, "Church" may be a surname."""
        if any(word[0].isupper() for word in mention.words):
            return self._by_capitals(mention, place)
        head = mention.words[-1].lower()
        named = self._with_head(head, place)
        if named is not None or head in KNOWN_WITHOUT_A_NAME:
            return named or Speaker(mention.text, "named", ROLE, place.number)
        if head not in COMPANIES:  # "the regional audit office" says what it is
            return Speaker(mention.text, "named", ROLE, place.number) if len(mention.words) > 1 else None
        for subject in main_subjects(place.sentence[: place.token]):
            if subject.kind == "organisation":  # "Acme & Sons will close its mill, the company said."
                return self._by_capitals(subject, place)
        near = [
            entry
            for entry, distance in self._back_from(place.page)
            if entry.perhaps_organisation and entry.name[0].isupper() and distance < 2
        ]
        far = {entry.name: entry for entry in self._trail if entry.organisation}
        entry = near[0] if near else next(iter(far.values())) if len(far) == 1 else None
        return Speaker(entry.name, "role", DOUBTFUL_ROLE, entry.named) if entry else None

    def _with_head(self, head: str, place: Place) -> Speaker | None:
        """Return the organisation that "the ministry" is short for: the Ministry of Health."""
        fitting = self.people.organisations_with(head, place.number)
        if not fitting:
            return None
        name, number = fitting[-1]
        return Speaker(name, "role", ROLE if len(fitting) == 1 else DOUBTFUL_ROLE, number)

    def _by_capitals(self, mention: Mention, place: Place) -> Speaker | None:
        name = replace(mention, kind="name")
        if self.people.find(name) is not None:
            return self._by_name(name, place)
        if len(mention.words) == 1:
            word = mention.words[0].lower()
            whole = self._with_head(word, place) if word in ORGANISATIONS else None
            if whole is not None:
                return whole
            if word in NATIONALITIES or word.rstrip("s") in NATIONALITIES or word in TIMES:
                return None
        return Speaker(mention.text, "named", NAMED_BY_ONE_WORD, place.number)

    def _by_document(self, mention: Mention, place: Place) -> Speaker | None:
        """Return whose statement or report it is: its owner's, or that of who was spoken of just before."""
        if mention.words:
            person = self.people.find(Mention("name", mention.words, mention.start))
            return Speaker(person.name if person else mention.text, "named", ROLE, place.number)
        entry = self.latest()
        if entry is None:
            return None
        if "statement" in mention.roles and entry.speaks and place.page - entry.page < 2:
            return Speaker(entry.name, "role", DOUBTFUL_ROLE, entry.named)
        if mention.roles & FINDINGS and entry.page == place.page and entry.organisation:
            return Speaker(entry.name, "role", DOUBTFUL_ROLE, entry.named)
        return None


def _quoted(sentence: Sentence) -> str:
    return " ".join(token.text for token in sentence if token.kind == "quotation")
