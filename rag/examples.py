"""Questions that an article answers, made of its own sentences by a few fixed patterns.

The patterns turn a sentence round ("The line will close on 3 May" → "When will the line close?"), put "who" or "how
many" in the place of a name or a figure, or ask what a speaker says about something. There is no grammar behind them:
a sentence that does not fit one exactly makes no question. Whether the library answers it well is not known here.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from indexes.article import CONFIDENT, Article, Paragraph
from indexes.sentences import Span, sentences
from indexes.terms import terms
from indexes.wordlists import (
    ADVERBS,
    COORDINATORS,
    DETERMINERS,
    FINITE_VERBS,
    HONORIFICS,
    JUDGING,
    NATIONALITIES,
    OPENERS,
    ORGANISATIONS,
    PLACES,
    PREPOSITIONS,
    ROLES,
    SPEAKING,
    STATING,
    SUBORDINATORS,
    TIMES,
)
from rag.instructions import instruction_spans
from rag.leaning import leans

ExampleKind = Literal["says", "why", "figure", "when", "who", "who is"]

LONGEST = 80  # characters; a longer question is not read at a glance
READ = 25  # paragraphs of an article
_TOPICS = 2  # that one speaker is asked about


@dataclass(frozen=True, slots=True)
class Example:
    """A question and where its answer stands, as far as that is known."""

    text: str
    kind: ExampleKind
    speaker: str | None = None  # who must be cited
    place: tuple[int, Span] | None = None  # the paragraph's number and the sentence that must be cited


def examples(article: Article) -> tuple[Example, ...]:
    """Return questions that this article may answer, each once, the likeliest of each kind first."""
    made = dict.fromkeys(example for example in _made(article) if _is_presentable(example.text))
    return tuple(made)


def _made(article: Article) -> Iterator[Example]:
    words = _Words(article)
    for paragraph in article.body[:READ]:
        if instruction_spans(paragraph.text):
            continue
        for span in sentences(paragraph.text):
            yield from _turned_round(paragraph, span, words)
    yield from _of_speakers(article, words)


# -- what may be shown ------------------------------------------------------------------------------------------------

_NAME_OR_WORD = r"[^\W_](?:[^\W_]|[’'-](?=[^\W_]))*"
_PRESENTABLE = re.compile(rf"[A-Z][a-z]+(?: (?:(?:[A-Z]\.)+|(?:Mr|Mrs|Ms|Dr|St)\.|{_NAME_OR_WORD}[’']?))+\?")
_LATIN = re.compile(r"[\x20-\x7e\u00c0-\u024f\u2019]+")
# Who or what is meant stands in another sentence, or on the day of the article.
_POINTS_ELSEWHERE = re.compile(
    r"\b(?:he|she|they|him|them|we|us|our|ours|i|me|my|mine|you|your|yours|this|that(?! \w+ \w+)|these|those|here|"
    r"there|today|yesterday|tomorrow|tonight|now|ago|last|next|former|latter|other|another|others|same|so|such|do|not)\b",
    re.IGNORECASE,
)


def _is_presentable(question: str) -> bool:
    """Tell whether a question is short, of letters and digits only, understood by itself, and addresses nobody."""
    return (
        len(question) <= LONGEST
        and _PRESENTABLE.fullmatch(question) is not None
        and _LATIN.fullmatch(question) is not None
        and len(set(terms(question))) >= 2
        and not leans(question)
        and not instruction_spans(question)
    )


# -- what is known of an article's words ------------------------------------------------------------------------------

_INSIDE = re.compile(r"(?<=[a-z,;] )[A-Z][\w’'-]+")
_COMMON = re.compile(r"\b[a-z][\w’'-]+")


class _Words:
    """Which words of an article are names, and which stand in its headline."""

    def __init__(self, article: Article) -> None:
        text = "\n".join(paragraph.text for paragraph in article.body[:READ])
        self.text = text
        self.stems = Counter(terms(text))
        self.common = Counter(_COMMON.findall(text))
        self.names = set(_INSIDE.findall(text)) - set(self.common)
        self.headline = set(terms(article.title))
        self.people = {speaker.name for paragraph in article.body for speaker in paragraph.speakers}

    def is_anchored(self, question: str) -> bool:
        """Tell whether a question names what it is about: with a name, or with two words of the headline."""
        named = any(word[0].isupper() for word in question.split()[1:])
        return named or len(set(terms(question)) & self.headline) >= 2

    def is_person(self, name: str) -> bool:
        """Tell whether a name seems to be a person's: no organisation, and nothing that one is in, or at, or called."""
        elsewhere = re.search(rf"\b(?:[Aa]t|[Ii]n|[Aa]s|[Tt]he) {re.escape(name)}\b", self.text)
        return " " in name and not _is_organisation(name) and elsewhere is None

    def repeats(self, phrase: str) -> bool:
        """Tell whether the last word of a phrase stands in the article more than once."""
        return self.stems[(terms(phrase.split()[-1]) or [""])[0]] > 1

    def with_article(self, name: str) -> str:
        """Return a name with "the" in front where the article mostly has it so: "the Petrel"."""
        bare = name.removeprefix("the ")
        definite = len(re.findall(rf"\b[Tt]he {re.escape(bare)}\b", self.text))
        return f"the {bare}" if definite * 2 > self.text.count(bare) else bare

    def in_full(self, name: str) -> str:
        """Return a name as the article has it in full: "Vladimir Putin" for "Putin", "the Petrel" for "Petrel"."""
        if " " not in name:
            longer = Counter(match[0] for match in re.finditer(rf"\b[A-Z][a-z]+ {re.escape(name)}\b", self.text))
            for full, _ in longer.most_common():
                if full.split()[0].lower() not in OPENERS | ROLES | HONORIFICS | NATIONALITIES:
                    return full
        return self.with_article(name)

    def as_inside(self, phrase: str) -> str | None:
        """Return a phrase that opens a sentence as it would stand inside one; None where that is not known."""
        first, *rest = phrase.split(" ")
        plain = re.sub(r"[’']s?$", "", first)
        if first.lower() in DETERMINERS or first[0].islower() or first[0].isdigit():
            return first[0].lower() + phrase[1:]
        if plain in self.names or (rest and rest[0][:1].isupper()):
            return phrase
        if first.lower() in self.common:
            return first.lower() + phrase[len(first) :]
        return None


# -- turning a sentence round -----------------------------------------------------------------------------------------


def _forms(table: str) -> dict[str, str]:
    """Return the dictionary form of each verb form: "lost" → "lose"."""
    pairs = (entry.split(":") for entry in table.split())
    return {form: lemma for lemma, forms in pairs for form in forms.split(",")}


_VERBS = _forms(
    """
    add:added,adds agree:agreed,agrees approve:approved,approves attack:attacked,attacks ban:banned,bans
    become:became,becomes begin:began,begins borrow:borrowed,borrows break:broke,breaks build:built,builds
    buy:bought,buys call:called,calls cancel:cancelled,cancels carry:carried,carries cause:caused,causes
    change:changed choose:chose,chooses close:closed,closes collapse:collapsed,collapses
    collect:collected,collects come:came,comes cost:costs,cost create:created,creates cut:cuts
    decide:decided,decides decline:declined,declines destroy:destroyed,destroys develop:developed,develops
    die:died,dies drop:dropped earn:earned,earns employ:employed,employs end:ended enter:entered,enters
    face:faced,faces fail:failed,fails fall:fell,falls find:found,finds fire:fired,fires flood:flooded,floods
    follow:followed,follows found:founded,founds gain:gained,gains give:gave,gives grow:grew,grows have:has,had
    hire:hired,hires hold:held,holds increase:increased,increases introduce:introduced,introduces
    invade:invaded,invades invest:invested,invests join:joined,joins keep:kept,keeps kill:killed,kills
    land:landed,lands launch:launched,launches lead:led,leads leave:left,leaves lend:lent,lends lose:lost,loses
    make:made,makes mean:meant,means measure:measured,measures merge:merged,merges move:moved,moves
    need:needed,needs offer:offered,offers open:opened,opens own:owned,owns pay:paid,pays plan:planned,plans
    play:played,plays produce:produced,produces publish:published,publishes raise:raised,raises
    reach:reached,reaches receive:received,receives recruit:recruited,recruits refuse:refused,refuses
    reject:rejected,rejects release:released,releases remain:remained,remains remove:removed,removes
    replace:replaced,replaces resign:resigned,resigns retire:retired,retires return:returned,returns
    rise:rose,rises run:ran,runs sail:sailed,sails save:saved,saves sell:sold,sells send:sent,sends
    serve:served,serves sign:signed,signs spend:spent,spends start:started,starts stop:stopped,stops
    suffer:suffered,suffers support:supported,supports take:took,takes treat:treated,treats try:tried,tries
    turn:turned,turns use:used,uses visit:visited,visits vote:voted,votes win:won,wins
    withdraw:withdrew,withdraws work:worked,works write:wrote,writes
    """
)
_AUXILIARIES = frozenset("is are was were has have had will would can could should must".split())
_PARTICIPLE = re.compile(
    r"(?:\w+ed|\w+en|been|made|built|sold|sent|spent|paid|lost|won|held|kept|left|led|met|set|put|cut|grown|shown|known|"
    r"become|come|run|begun|found|brought|bought|caught|taught|thought|said|told|had|done|gone)"
)
_ATTRIBUTION = re.compile(
    r",? (?:according to|in (?:the )?(?:view|words) of) .*$|, [^,]{2,60} (?:said|says|added|adds|told|reported|wrote|"
    r"announced)\b[^,]*$"
)
_THAT = re.compile(
    rf"^[^,“\"]{{2,60}}? (?:{'|'.join(sorted(STATING, key=len, reverse=True))})(?: on [A-Z][a-z]+)? that "
)
_CLAUSE_ENDS = re.compile(
    r"[,;:()—–“”\"]| (?:and|but|while|which|who|whose|after|before|when|where|as|because|although|though|since|so|than|"
    r"unless|if|until|with|compared|according)\b"
)
_BECAUSE = re.compile(r",? (?:partly |mainly |largely )?(?:because|due to|owing to)\b")
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DATE = rf"(?:(?:\d{{1,2}} )?{_MONTH}(?: \d{{1,2}}\b(?!:))?(?:,? \d{{4}})?|(?:1[5-9]|20)\d\d)"
_DATE_BEHIND = re.compile(rf" (?:on|in) (?:early |late |mid-)?{_DATE}\b(?! [a-z]+ing)")
_DATE_BEFORE = re.compile(rf"^(?:On|In|From) (?:early |late |mid-)?{_DATE},? (?=\w)")
_NUMBER = (
    r"(?:\d[\d,]*(?:\.\d+)?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-\w+)?|a hundred|a thousand|"
    r"dozens|hundreds|thousands|millions)(?: (?:hundred|thousand|million|billion|trillion))?"
)
_ABOUT = r"(?:about|around|nearly|almost|more than|over|at least|some|only|just|roughly|up to|fewer than|an estimated)"
_COUNTED = r"(?P<noun>people|children|women|men|[a-z]{3,}(?<!s)s)"
_FIGURE_FIRST = re.compile(rf"^(?:{_ABOUT} )?{_NUMBER} (?:of the )?{_COUNTED} (?P<rest>.+)$", re.IGNORECASE)
_FIGURE_BEHIND = re.compile(rf"^(?:{_ABOUT} )?{_NUMBER} (?:more )?{_COUNTED}(?= |$)")
_MONEY = re.compile(
    rf"(?P<before>.*?)\b ?(?:{_ABOUT} )?(?:[$€£]\d[\d,.]*(?: (?:million|billion|trillion))?|{_NUMBER} (?:crowns|"
    r"dollars|euros|pounds|yen|francs|roubles|rubles|yuan|rupees))"
)
_COSTS = frozenset(("cost", "spend", "pay", "raise", "earn", "lose", "invest", "borrow", "receive", "save", "owe"))
_UNITS = frozenset(
    """years months weeks days hours minutes seconds times metres meters miles kilometres kilometers feet inches tonnes
    tons percent points crowns dollars euros pounds degrees centimetres centimeters hectares acres is was has does goes
    plus others versus""".split()
)


_APPOSITION = re.compile(r"^((?:[A-Z][\w.’'-]+ ){1,3}[A-Z][\w’'-]+), (?:an?|the|its|who) [^,“\"]{3,80},(?= [a-z])")


@dataclass(frozen=True, slots=True)
class _Clause:
    """A main clause as far as it can be read: "the line", "will", "close in May"."""

    subject: str
    verb: str
    rest: str

    def inverted(self, rest: str | None = None) -> str | None:
        """Return "will the line close", "did the line close"; None where the verb is not known."""
        rest = self.rest if rest is None else rest
        if self.verb in _AUXILIARIES and not self.owns:
            if self.verb in ("has", "have", "had") and not self._is_perfect(rest):
                return None
            return f"{self.verb} {self.subject} {rest}".strip()
        lemma = _VERBS.get(self.verb) or JUDGING.get(self.verb)
        if lemma is None or (self.verb == lemma and self.verb != "cost"):
            return None
        helper = "does" if self.verb.endswith("s") else "did"
        return f"{helper} {self.subject} {lemma} {rest}".strip()

    @property
    def owns(self) -> bool:
        """Tell "has 47 pupils" from "has lost 47 pupils"."""
        return self.verb in ("has", "had") and not self._is_perfect(self.rest)

    @staticmethod
    def _is_perfect(rest: str) -> bool:
        first = [word for word in rest.split(" ")[:3] if word not in ADVERBS and word not in ("not", "never")]
        return bool(first) and _PARTICIPLE.fullmatch(first[0]) is not None


def _turned_round(paragraph: Paragraph, span: Span, words: _Words) -> Iterator[Example]:
    """Yield the questions that one sentence makes."""
    sentence = paragraph.text[span.start : span.end]
    if not paragraph.number or not sentence.endswith(".") or len(sentence) > 400:
        return
    plain = _ATTRIBUTION.sub("", sentence.rstrip(". "))
    for kind, question in _questions(plain, words):
        if not _POINTS_ELSEWHERE.search(question) and words.is_anchored(question):
            yield Example(_asked(question), kind, place=(paragraph.number, span))


def _questions(plain: str, words: _Words) -> Iterator[tuple[ExampleKind, str]]:
    yield from _who(plain, words)
    for clause_text in (plain, _THAT.sub("", plain)) if _THAT.match(plain) else (plain,):
        yield from _how_many(clause_text)
    reason = _BECAUSE.search(plain)
    if reason and (clause := _clause(plain[: reason.start()], words)):
        inverted = clause.inverted()
        if inverted and not _CLAUSE_ENDS.search(inverted) and not inverted.endswith(" possible"):
            yield "why", f"why {inverted}"
    early = _DATE_BEFORE.match(plain)
    clause = _clause(plain[early.end() :] if early else plain, words)
    if clause is None:
        return
    rest = _first_part(clause.rest)
    behind = None if early else _DATE_BEHIND.search(rest)
    if (early or behind) and not clause.owns:
        rest = rest[: behind.start()] if behind else rest
        inverted = clause.inverted(rest) if rest else None
        if inverted and not re.search(_DATE, rest):
            yield "when", f"when {inverted}"
    yield from _how_many_behind(clause)
    yield from _how_much(clause)


def _clause(text: str, words: _Words) -> _Clause | None:
    """Read a clause from its first word on: a subject without commas or clauses of its own, a known verb, the rest."""
    text = _APPOSITION.sub(r"\1", text)
    parts = text.split(" ")
    for place, word in enumerate(parts[:10]):
        low = word.lower()
        if place and (low in _AUXILIARIES or low in _VERBS or low in JUDGING) and word[0].islower():
            break
        bounded = not re.fullmatch(r"[\w.’'-]+", word) or low in SUBORDINATORS or low in COORDINATORS - {"and"}
        if bounded or low in STATING or (place and low in FINITE_VERBS):
            return None
    else:
        return None
    while place > 1 and _is_adverb(parts[place - 1]):
        parts.pop(place - 1)
        place -= 1
    subject = words.as_inside(" ".join(parts[:place]))
    if subject and subject in words.names:
        subject = words.in_full(subject)
    if subject is None or not _is_subject(subject):
        return None
    return _Clause(subject, parts[place], " ".join(parts[place + 1 :]))


def _is_adverb(word: str) -> bool:
    return word in ADVERBS or (word.endswith("ly") and len(word) > 4 and word[0].islower())


def _is_subject(subject: str) -> bool:
    """Tell whether a subject is a noun phrase that says by itself what is meant."""
    parts = subject.split(" ")
    if parts[-1].lower() in PREPOSITIONS | DETERMINERS | ADVERBS or parts[-1].endswith(("’s", "'s")):
        return False
    opens = parts[0].lower()
    if opens in OPENERS and opens not in DETERMINERS:
        return False
    named = any(part[0].isupper() for part in parts)
    return named or len(terms(subject)) >= 2


def _first_part(rest: str) -> str:
    """Return the rest of a clause up to its first comma or conjunction."""
    end = _CLAUSE_ENDS.search(rest)
    return rest[: end.start()].strip() if end else rest.strip()


def _who(plain: str, words: _Words) -> Iterator[tuple[ExampleKind, str]]:
    """Yield "who will become chief executive of the Trust" of "Lind, the harbour master, will become …"."""
    name = re.match(r"((?:[A-Z][\w.’'-]+ ){1,3}[A-Z][\w’'-]+)(?:, [^,“\"]{3,80},)? (?=[a-z])", plain)
    if not name or not (name[1] in words.people or name[1].split()[-1] in {p.split()[-1] for p in words.people}):
        return
    vp = _first_part(plain[name.end() :])
    verb = vp.split(" ")[0]
    if (verb in _AUXILIARIES or verb in _VERBS) and verb not in STATING and len(terms(vp)) >= 3:
        yield "who", f"who {_without_weekday(vp)}"


def _without_weekday(text: str) -> str:
    return re.sub(
        rf" (?:on|in|from|by|since|until) (?:[A-Z][a-z]+day\b.*|(?:early |late |mid-)?{_DATE}\b.*)$", "", text
    )


def _how_many(plain: str) -> Iterator[tuple[ExampleKind, str]]:
    """Yield "how many homes were flooded" of "412 homes had been flooded"."""
    found = _FIGURE_FIRST.match(plain)
    if not found or found["noun"] in _UNITS:
        return
    rest = _first_part(found["rest"])
    rest = re.sub(r"^had been\b", "were", rest)
    verb = rest.split(" ")[0]
    if (verb in _AUXILIARIES or verb in _VERBS) and len(terms(rest)) >= 2:
        yield "figure", f"how many {found['noun']} {_without_weekday(rest)}"


def _how_many_behind(clause: _Clause) -> Iterator[tuple[ExampleKind, str]]:
    """Yield "how many passengers did the ferry carry" of "The ferry carried 52 passengers a crossing"."""
    rest = clause.rest
    lead = ""
    if clause.verb in _AUXILIARIES and not clause.owns:
        lead, _, rest = rest.partition(" ")
    found = _FIGURE_BEHIND.match(rest)
    if not found or found["noun"] in _UNITS or (lead and not re.fullmatch(r"[a-z]+", lead)):
        return
    inverted = clause.inverted(lead)
    if inverted and not (clause.verb in _AUXILIARIES and not lead and not clause.owns):
        yield "figure", f"how many {found['noun']} {inverted}"


def _how_much(clause: _Clause) -> Iterator[tuple[ExampleKind, str]]:
    """Yield "how much did the storm cost the coast" of "The storm cost the coast 61 million crowns"."""
    lemma = _VERBS.get(clause.verb)
    money = _MONEY.match(_first_part(clause.rest))
    if not money:
        return
    before = money["before"].strip()
    if clause.verb in _AUXILIARIES and before.split(" ")[0] not in _COSTS:
        return
    if clause.verb not in _AUXILIARIES and lemma not in _COSTS:
        return
    if not before and lemma not in ("cost", "lose", "earn"):
        return  # "spent 4 million crowns": the rest says for what
    inverted = clause.inverted(before)
    if inverted:
        yield "figure", f"how much {inverted}"


def _asked(question: str) -> str:
    """Return a question with its capital and its mark."""
    return f"{question[0].upper()}{' '.join(question.split())[1:].rstrip(' .')}?"


# -- asking for a speaker ---------------------------------------------------------------------------------------------

# What a person feels about something, with the object behind the verb.
_FEELING = _forms(
    """
    want:wants,wanted oppose:opposes,opposed support:supports,supported doubt:doubts,doubted fear:fears,feared
    reject:rejects,rejected criticise:criticises,criticised criticize:criticizes,criticized blame:blames,blamed
    welcome:welcomes,welcomed favour:favours,favoured favor:favors,favored expect:expects,expected
    regret:regrets,regretted
    """
)
_BOUNDARY = (
    r"[,.;:!?”’\"]|[,;]? (?:in|at|for|to|on|would|will|is|was|were|are|has|had|and|or|but|that|which|by|with|from|"
    r"because|when|while|can|could|should|may|might|if|as|than|after|before|does|did|do)\b"
)
_NOUN_PHRASE = re.compile(rf"\b(?P<phrase>(?:the|an?) (?:[a-z][a-z-]+ ){{0,2}}[a-z][a-z-]{{2,}})(?={_BOUNDARY})")
_NAMED = re.compile(rf"\b(?P<before>[a-z]+),? (?P<phrase>(?:the )?[A-Z][\w-]+(?: [A-Z][\w-]+){{0,3}})(?={_BOUNDARY}|$)")
_NAME_GOES_ON = re.compile(r" (?:of|for|to)\b")


def _of_speakers(article: Article, words: _Words) -> Iterator[Example]:
    """Yield the questions that name somebody who speaks in the article."""
    for name, spoken in _spoken(article).items():
        who = _referred_to(name, words)
        if who is None:
            continue
        for topic in _topics(name, spoken, words):
            yield Example(f"What does {who} say about {topic}?", "says", name)
        yield from _feelings(name, who, article, words)
        if words.is_person(name):
            yield Example(f"Who is {name}?", "who is")


def _spoken(article: Article) -> dict[str, list[tuple[Paragraph, str]]]:
    """Return what each speaker says, with its paragraph, those who say most first."""
    spoken: dict[str, list[tuple[Paragraph, str]]] = {}
    for paragraph in article.body[:READ]:
        if instruction_spans(paragraph.text):
            continue
        for quotation in paragraph.quotations:
            if quotation.speaker and quotation.speaker.confidence >= CONFIDENT:
                said = paragraph.text[quotation.start : quotation.end]
                said = said if quotation.direct else _without_attribution(said, quotation.speaker.name)
                spoken.setdefault(quotation.speaker.name, []).append((paragraph, said))
    return dict(sorted(spoken.items(), key=lambda pair: -sum(len(said) for _, said in pair[1])))


_STATES = re.compile(rf"\b(?:{'|'.join(sorted(STATING, key=len, reverse=True))})\b")


def _without_attribution(said: str, name: str) -> str:
    """Return what was said without the clause that says who says it, and who that is."""
    if said.startswith("According to"):
        return ""
    said = re.sub(r",? according to .*$", "", said)
    verb = _STATES.search(said)
    if not verb:
        return ""
    behind, before = said[verb.end() :], said[: verb.start()]
    who = rf"(?:(?:[\w.’'-]+ ){{0,3}}{re.escape(name.split()[-1])}\b|(?:he|she|they|it)(?=[.,]|$))"
    closes = re.search(rf", {who} ?$", before) or re.match(rf" {who}", behind)
    return before if closes else behind


def _referred_to(name: str, words: _Words) -> str | None:
    """Return how a question names a speaker: the whole name, with "the" where the article has it so."""
    if not name[0].isupper() or len(name.split()) > 5:
        return None
    if " " not in name:  # "Lind" may be a person, "OpenAI" is none
        return words.with_article(name) if name[1:] != name[1:].lower() else None
    if not _is_organisation(name):
        return words.with_article(name)
    bare = re.search(rf"(?<![Tt]he )(?<!['’]s ){re.escape(name)}\b", words.text)
    return words.with_article(name) if bare else f"the {name}"


def _is_organisation(name: str) -> bool:
    low = [word.lower() for word in name.split()]
    return bool({low[0], low[-1]} & ORGANISATIONS) or "of" in low or "&" in low or len(low) == 1


def _topics(name: str, spoken: Iterable[tuple[Paragraph, str]], words: _Words) -> list[str]:
    """Return what a speaker speaks about, the most telling first.

    That is a phrase of theirs of two words or more, or one word of the headline, or a name that the article repeats.
    """
    own = set(terms(name))
    scores: dict[str, float] = {}
    for phrase in (phrase for _, said in spoken for phrase in _phrases(said, words)):
        stems = set(terms(phrase))
        bare = re.sub("^(?:the|an?) ", "", phrase)
        repeated = len(re.findall(rf"\b{re.escape(bare)}\b", words.text))
        headline = len(stems & words.headline)
        alone = len(stems) == 1
        if not stems or stems & own or (alone and phrase.startswith(("a ", "an "))):
            continue
        named = not bare.islower()
        if named and bare.split()[-1].lower() in PLACES and not headline:
            continue  # what somebody says about a country is hardly ever about the country
        if not (headline or (named and repeated > 2) or (not alone and (repeated > 1 or words.repeats(bare)))):
            continue
        scores[phrase] = 2.0 * headline + min(repeated - 1, 3) + 1.5 * (len(stems) - 1)
    ranked = sorted(scores, key=lambda phrase: (-scores[phrase], phrase))
    return _unlike(ranked)[:_TOPICS]


def _phrases(said: str, words: _Words) -> Iterator[str]:
    """Yield the noun phrases and names of what somebody says, "the" included."""
    for found in _NOUN_PHRASE.finditer(said):
        if _is_noun_phrase(found["phrase"].split()):
            yield found["phrase"]
    for found in _NAMED.finditer(said):
        last = found["phrase"].split()[-1]
        low = last.lower()
        known = last in words.names and low not in TIMES | NATIONALITIES | OPENERS | ROLES
        if known and found["before"] not in ("a", "an") and not _NAME_GOES_ON.match(said, found.end()):
            yield words.in_full(found["phrase"])


_VAGUE = frozenset(
    """
    thing things way ways one ones time times year years day days week weeks month months lot lots bit part
    parts first second third end same other others rest fact case point number people man woman person place
    side kind sort moment question answer reason problem issue result next last most best worst more less few
    many much whole company group team report statement interview council government office city town country
    firm ministry morning evening night afternoon past future present world long short new old good bad very
    only back deal role view words idea sense language situation
    """.split()
)


def _is_noun_phrase(parts: list[str]) -> bool:
    """Tell "the night boat" from "the council voted", "the same", "a very"."""
    inner, head = parts[1:-1], parts[-1]
    if inner and inner[-1].endswith("s") and not inner[-1].endswith(("ss", "us", "is")):
        return False  # "the sums work"
    if (
        head in _VAGUE | ADVERBS
        or head in SPEAKING
        or head in _VERBS
        or head in FINITE_VERBS
        or head.endswith(("ly", "ed", "ing"))
    ):
        return False
    bad = ADVERBS | PREPOSITIONS | SUBORDINATORS | COORDINATORS | FINITE_VERBS | STATING.keys()
    return not any(part in bad or part.endswith(("ly", "’s", "'s")) or part in ("same", "other") for part in inner)


def _unlike(phrases: Iterable[str]) -> list[str]:
    """Return the phrases that share no word with a better one."""
    kept: list[str] = []
    for phrase in phrases:
        if not any(set(terms(phrase)) & set(terms(other)) for other in kept):
            kept.append(phrase)
    return kept


def _feelings(name: str, who: str, article: Article, words: _Words) -> Iterator[Example]:
    """Yield "why does Ada Lind oppose the plan" of "Lind opposes the plan"."""
    family = re.escape(name.split()[-1])
    pattern = re.compile(
        rf"\b{family}(?:, [^,“\"]{{3,60}},)? (?:also |still |now )?(?P<verb>{'|'.join(_FEELING)}) (?P<object>[^“”\"]+)"
    )
    for paragraph in article.body[:READ]:
        if not paragraph.number or instruction_spans(paragraph.text):
            continue
        for span in sentences(paragraph.text):
            sentence = paragraph.text[span.start : span.end].rstrip(".")
            found = pattern.search(sentence)
            if not found:
                continue
            what = _first_part(found["object"])
            helper = "does" if found["verb"].endswith("s") else "did"
            question = f"why {helper} {who} {_FEELING[found['verb']]} {what}"
            if len(terms(what)) >= 1 and not _POINTS_ELSEWHERE.search(what):
                yield Example(_asked(question), "why", name, (paragraph.number, span))
