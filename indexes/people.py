"""The register of the people whom one article names: it joins "Ms Okafor" to the full name given anywhere in it."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from indexes.clauses import Sentence, Token
from indexes.mentions import Gender, Mention, gender_of_words, job_behind, mentions_in, roles_in
from indexes.wordlists import (
    FAMILY_FIRST,
    FEMALE_NAMES,
    FEMALE_WORDS,
    FINITE_VERBS,
    MALE_NAMES,
    MALE_WORDS,
    OF_AN_ORGANISATION,
    ORGANISATIONS,
    PARTICLES,
    POSSESSIVE_PRONOUNS,
    PREPOSITIONS,
    ROLES,
    SPEAKING,
    SUFFIXES,
)

_GIVEN_NAMES = MALE_NAMES | FEMALE_NAMES
_MAIN = 3  # a bare surname means the one named in full so many times as often as anybody else of that name
_LONG_ENOUGH_TO_MISSPELL = 6  # letters: shorter surnames that differ by one letter are two people's
_NEARLY_THE_SAME = 0.85
_TOLD_APART = 50  # no reader keeps more ministers or ministries apart
_APPOSITION = 12  # words behind "Jane Smith," that may say what she is


@dataclass(slots=True, eq=False)
class Person:
    """Somebody whom the article names."""

    words: tuple[str, ...]
    gender: Gender = ""
    roles: set[str] = field(default_factory=set)
    introduced: int = 0  # the paragraph that first gives the name
    seen: int = -1  # when last mentioned, counted in sentences
    times: int = 0  # how often named in full
    leaning: Gender = ""  # what the sentences about them suggest; gender is what titles and names show
    thing: bool = False  # it looks like a person's name, but is a company's: "…, which operates the route"

    @property
    def name(self) -> str:
        return " ".join(self.words)

    def may_be(self, gender: Gender) -> bool:
        """Tell whether "he" or "she" may mean them."""
        return not self.thing and (self.gender or self.leaning or gender) == gender


class People:
    """The people of one article, found by any part of their name or by what they are."""

    def __init__(self) -> None:
        self._people: dict[tuple[str, str], Person] = {}
        self._by_surname: dict[str, list[Person]] = {}
        self._by_given_name: dict[str, list[Person]] = {}
        self._by_role: dict[str, list[Person]] = {}
        self._organisations: dict[str, int] = {}  # with the paragraph that first names them
        self._by_word: dict[str, list[str]] = {}  # the organisations that have a word in their name
        self._by_name: dict[str, Person] = {}
        self._employers: set[tuple[str, ...]] = set()  # "Acme" of "Acme boss Jane Smith"
        self._proper: set[str] = set()  # words that stand capitalised inside a sentence

    def __iter__(self) -> Iterator[Person]:
        return iter(self._people.values())

    def learn(self, sentences: Sequence[Sentence], paragraph: int) -> None:
        """Enter every full name of a paragraph."""
        for sentence in sentences:
            self._proper.update(token.low for token in sentence[1:] if token.capital)
            for mention, first, behind in mentions_in(sentence):
                job = job_behind(sentence, behind)
                if job > behind and sentence[job - 1].low in OF_AN_ORGANISATION:
                    self._employers.add(mention.words)
                if mention.kind == "organisation" and len(mention.words) == 2 and _is_described(sentence, behind):
                    mention = replace(mention, kind="name")  # "Jana Paris, a teacher": a place as a surname
                if mention.kind == "organisation" and len(mention.words) > 1:
                    self.enter_organisation(mention.text, paragraph)
                if mention.kind != "name":
                    continue
                relation = _relation(sentence, first)
                if len(mention.words) > 1 or relation:
                    told = _told_behind(sentence, behind) | relation | _gender_told(sentence, behind)
                    person = self.enter(mention, paragraph, told)
                    person.thing = person.thing or (not person.gender and _is_a_thing(sentence, behind, told))

    def tell_employers(self) -> None:
        """Note which names are those of organisations, though they look like people's."""
        for words in sorted(self._employers):
            person = self.find(Mention("name", words, 0))
            if person is not None and not (person.gender or person.roles):
                person.thing = True

    def enter(self, mention: Mention, paragraph: int, behind: frozenset[str] = frozenset()) -> Person:
        """Enter a name, and what the words around it tell of its bearer."""
        words = mention.words
        key = (_key(words[0]), _key(surname(words)))
        person = self._people.get(key)
        if person is None:
            person = self._people[key] = Person(words, introduced=paragraph)
            self._by_surname.setdefault(key[1], []).append(person)
            self._by_given_name.setdefault(key[0], []).append(person)
            if key[0] in FAMILY_FIRST and key[0] != key[1]:
                self._by_surname.setdefault(key[0], []).append(person)
        elif len(words) > len(person.words):
            person.words = words
        self._by_name[person.name] = person
        person.times += 1
        person.gender = person.gender or mention.gender or gender_of_words(sorted(behind))
        self.tell(person, mention.roles | (behind - ORGANISATIONS - _PERSONAL))
        return person

    def find(self, mention: Mention) -> Person | None:
        """Return the person that a name means; None where nobody is known by it."""
        words = mention.words
        exact = self._people.get((_key(words[0]), _key(surname(words)))) if len(words) > 1 else None
        if words[0].lower() in PARTICLES:
            exact = self._with_particle(words) or exact
        if exact:
            return exact
        candidates = self._by_surname.get(_key(surname(words)), []) or self._misspelt(surname(words))
        if len(words) > 1:
            candidates = [person for person in candidates[-_TOLD_APART:] if _same_initial(person.words, words)]
        elif not candidates and not (mention.titled and _key(words[0]) in _GIVEN_NAMES):
            candidates = self._by_given_name.get(_key(words[0]), [])  # also "Mr Mao", whose family name comes first
        return _choose(candidates[-_TOLD_APART:], mention.gender)

    def by_name(self, name: str) -> Person | None:
        """Return the person whose fullest name this is."""
        return self._by_name.get(name)

    def shares(self, mention: Mention) -> bool:
        """Tell whether somebody else has the same surname: "Mrs Smith", where only her husband is named in full."""
        return _key(surname(mention.words)) in self._by_surname

    def _misspelt(self, word: str) -> list[Person]:
        """Return the one person whose surname differs by a slip of the pen: Lindqvist, Linqvist."""
        if len(word) < _LONG_ENOUGH_TO_MISSPELL or word.lower() in self._by_given_name or len(self._people) > 200:
            return []
        key = _key(word)
        close = [
            known
            for known in self._by_surname
            if known[0] == key[0] and SequenceMatcher(None, known, key).ratio() >= _NEARLY_THE_SAME
        ]
        return self._by_surname[close[0]] if len(close) == 1 else []

    def is_proper(self, word: str) -> bool:
        """Tell a name from a common word that is capitalised because it opens a sentence."""
        return word.lower() in self._proper or not word[1:].islower()

    def _with_particle(self, words: Sequence[str]) -> Person | None:
        """Return the person whose surname "Van der Berg" is."""
        ending = [word.lower() for word in words]
        for person in self._by_surname.get(_key(surname(words)), [])[-_TOLD_APART:]:
            known = [word.lower() for word in person.words]
            if len(known) > len(ending) and known[-len(ending) :] == ending:
                return person
        return None

    def with_initials(self, initials: str) -> Person | None:
        """Return the one person whose name has these initials."""
        initials = initials.replace(".", "").replace(" ", "")
        fitting = [person for person in self if "".join(word[0] for word in person.words) == initials]
        return fitting[0] if len(fitting) == 1 else None

    def tell(self, person: Person, roles: frozenset[str]) -> None:
        """Note what somebody is: a minister, a wife."""
        for role in roles - person.roles:
            person.roles.add(role)
            self._by_role.setdefault(role, []).append(person)

    def with_roles(self, roles: frozenset[str]) -> list[Person]:
        """Return the people of whom the article says that they are "the minister"."""
        holders = [person for role in sorted(roles) for person in self._by_role.get(role, [])[-_TOLD_APART:]]
        return list(dict.fromkeys(holders))

    def enter_organisation(self, name: str, paragraph: int) -> None:
        if name not in self._organisations:
            self._organisations[name] = paragraph
            for word in set(name.lower().split()):
                self._by_word.setdefault(word, []).append(name)

    def organisations_with(self, word: str, paragraph: int) -> list[tuple[str, int]]:
        """Return the organisations named so far with a word in their name, and in which paragraph."""
        named = [(name, self._organisations[name]) for name in self._by_word.get(word, [])[-_TOLD_APART:]]
        return [(name, number) for name, number in named if number <= paragraph]


def surname(words: Sequence[str]) -> str:
    """Return the last word of a name, "Jr." aside."""
    return next((word for word in reversed(words) if word.lower() not in SUFFIXES), words[-1])


def _told_behind(sentence: Sentence, place: int) -> frozenset[str]:
    """Return what an apposition tells: "Jane Smith, the club's captain, …", "Jane Smith, 34, a driver, …"."""
    if place >= len(sentence) or sentence[place].text != ",":
        return frozenset()
    told: list[Token] = []
    for token in sentence[place + 1 : place + _APPOSITION]:
        aged = token.text == "," and len(told) == 1 and told[0].text.isdigit()
        if (token.kind != "word" and not aged) or token.low in PREPOSITIONS or token.low in _VERBS:
            break
        told.append(token)
    words = {token.low for token in told if not token.possessive} & (MALE_WORDS | FEMALE_WORDS | ORGANISATIONS)
    return (roles_in(told) | words) - _PERSONAL


def _is_described(sentence: Sentence, place: int) -> bool:
    """Tell whether a description follows that only a person can have: an age, "a teacher", "who"."""
    following = sentence[place : place + 2]
    if len(following) < 2 or following[0].text != ",":
        return False
    if following[1].low == "who" or (following[1].text.isdigit() and len(following[1].text) == 2):
        return True
    told = _told_behind(sentence, place)
    return bool(told) and not told & ORGANISATIONS


def _gender_told(sentence: Sentence, place: int) -> frozenset[str]:
    """Return "her" of "Smith, who was pulled from the roof of her house"."""
    ahead = sentence[place : place + 20]
    who = next((i for i, token in enumerate(ahead) if token.low == "who"), None)
    if who is None or not ahead or ahead[0].text != ",":
        return frozenset()
    said = {token.low for token in ahead[who:]}
    return frozenset(said & {"his", "her"}) if not any(token.capital for token in ahead[who:]) else frozenset()


def _relation(sentence: Sentence, first: int) -> frozenset[str]:
    """Return "wife" of "Smith's wife, Jane": enough to know somebody by one name."""
    place = first - 1
    if place > 0 and sentence[place].text == ",":
        place -= 1
    if place < 1 or sentence[place].low not in _KIN or sentence[place].capital:
        return frozenset()
    owned = sentence[place - 1]
    return frozenset({sentence[place].low}) if owned.possessive or owned.low in POSSESSIVE_PRONOUNS else frozenset()


def _is_a_thing(sentence: Sentence, behind: int, told: frozenset[str]) -> bool:
    """Tell a company with a person's name: "Norvane Lines, which …", "Norvane Lines, a charity"."""
    if told & ORGANISATIONS and not told & ROLES:
        return True
    following = sentence[behind : behind + 2]
    which = len(following) == 2 and following[0].text == "," and following[1].low == "which"
    return which or (bool(following) and following[0].low in _COMPANY_NOUNS)


_VERBS = FINITE_VERBS | frozenset(SPEAKING) - ROLES
_PERSONAL = frozenset("he him his himself she her hers herself".split())
_COMPANY_NOUNS = frozenset("shares stock spokesman spokeswoman spokesperson customers employees staff".split())
_KIN = frozenset(
    "wife husband mother father sister brother son daughter widow widower partner mum dad aunt uncle cousin niece "
    "nephew grandmother grandfather friend neighbour neighbor colleague boss".split()
)


def _choose(candidates: Sequence[Person], gender: Gender) -> Person | None:
    """Choose among people of one surname: the right gender first, then the main person, then the latest mentioned."""
    fitting = [person for person in candidates if not gender or person.gender in (gender, "")]
    if gender and any(person.gender == gender for person in fitting):
        fitting = [person for person in fitting if person.gender == gender]
    main = max(fitting, key=lambda person: person.times, default=None)
    if main is None or all(main is person or main.times >= _MAIN * person.times for person in fitting):
        return main
    return max(fitting, key=lambda person: person.seen)


def _same_initial(known: Sequence[str], words: Sequence[str]) -> bool:
    return _key(known[0])[:1] == _key(words[0])[:1]


def _key(word: str) -> str:
    """Fold a name's word for comparison: accents, case, a leading al-."""
    word = word.lower().rstrip(".")
    if not word.isascii():
        word = "".join(char for char in unicodedata.normalize("NFKD", word) if not unicodedata.combining(char))
        word = word.replace("’", "'")
    return word[3:] if word.startswith(("al-", "el-")) and len(word) > 4 else word
