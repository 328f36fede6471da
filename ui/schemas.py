"""The shapes of what the API takes and gives, each field with a sentence on what it means.

What the nouns of `rag` and `indexes` already say is drawn from them: a field that is added there is here, and asks for
its sentence. Only what comes in is checked by these models; answers go out as `Answer.to_dict` makes them.
"""

from dataclasses import fields
from datetime import datetime
from typing import Annotated, Any, get_type_hints

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model

from indexes.library import Listed, Version
from rag import answer as nouns
from ui import conversations


def _writable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("half a character (a lone surrogate) is in it") from None
    return text


_Text = Annotated[str, AfterValidator(_writable)]  # JSON lets in what can be stored and sent nowhere
_Day = Annotated[_Text | None, Field(examples=["2025-03-14"])]

# -- what comes in --------------------------------------------------------------------------------------------------


class Earlier(BaseModel):
    """A question asked before, and its answer. A whole answer as the API gave it will do: the rest of it is ignored."""

    question: _Text = Field(description="What was asked.")
    answer: _Text = Field(description="What was answered, with or without markers.")
    asked_as: _Text | None = Field(None, description="The follow-up as it was understood, where the answer had one.")


class Question(BaseModel):
    """A question, with all that can be said about it. Only `question` is needed."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"question": "What does Oduya promise the boats?", "after": "2025-01-01"}]},
    )

    question: _Text = Field(description="The question, in your own words.", examples=["Why does Hecker doubt a split?"])
    history: list[Earlier] = Field([], description="What was asked before, oldest first, for “and Gabuev?”")
    after: _Day = Field(None, description="Only articles of this day and later: `2025-03-14`.")
    before: _Day = Field(None, description="Only articles of this day and earlier.")
    as_of: _Day = Field(None, description="Only what was known on this day.")
    speaker: _Text | None = Field(None, description="Only what this person says.", examples=["Charles Hecker"])
    publisher: _Text | None = Field(None, description="Only articles of this publisher.")
    article: _Text | None = Field(None, description="Only this article: its id, or a beginning of it that is unique.")
    fallback: bool = Field(
        True,
        description="Quote where the language model fails. Otherwise such an answer is an abstention, and its `reason`"
        " is `model_unavailable`.",
    )
    model: _Text | None = Field(
        None,
        description="One of the models that `GET api/models` lists; the empty text quotes and asks no model."
        " By default the first of them.",
    )

    def keywords(self) -> dict[str, Any]:
        """Return the question as keywords of `Assistant.ask`."""
        return self.model_dump(exclude={"model"}, exclude_none=True)


# -- drawn from the nouns -------------------------------------------------------------------------------------------


def _drawn(noun: type, words: dict[str, str], *, leave_out: frozenset[str] = frozenset(), **more: Any) -> Any:
    """Return a model with the fields of a dataclass; `more` are fields that it has not, or shows in another shape."""
    types = get_type_hints(noun)
    shown = [each.name for each in fields(noun) if each.name not in leave_out]
    typed = {**{name: types[name] for name in shown}, **more}
    documented: dict[str, Any] = {name: (kind, Field(description=words[name])) for name, kind in typed.items()}
    return create_model(noun.__name__, __doc__=noun.__doc__, **documented)


Copy: type[BaseModel] = _drawn(
    nouns.Copy,
    {
        "article_id": "The other article.",
        "publisher": "Who published it.",
        "title": "Its headline.",
    },
)
Citation: type[BaseModel] = _drawn(
    nouns.Citation,
    {
        "marker": "The number in square brackets, from 1.",
        "article_id": "The article, see `GET api/articles/{id}`.",
        "paragraph_id": "The paragraph, `ARTICLE@VERSION#NUMBER`, see `GET api/paragraphs`. Its text never changes.",
        "title": "The article's headline.",
        "publisher": "Who published it.",
        "published": "When it was published.",
        "url": "Its original address.",
        "paragraph": "The number (¶) of the paragraph, from 1, as a reader counts.",
        "speaker": "Whose words these are, by full name.",
        "speaker_how": "How we know: named, pronoun, role, running quotation, carried. All but the first are inferred.",
        "speaker_from": "The number of the paragraph that names the speaker.",
        "quote": "The words, exactly as they stand in the paragraph.",
        "start": "Where they begin in the paragraph's text, in Unicode code points.",
        "end": "Where they end: `quote == text[start:end]`.",
        "permalink": "A page that shows the paragraph in its article, from the root of this site.",
        "link": "The original address with a fragment that a browser scrolls to.",
        "page": "Of a PDF: the page on which the paragraph begins, from 1.",
        "opinion": "True where the publisher says that the article is one.",
        "corrections": "What the publisher says to have corrected in the article, word for word.",
        "copies": "Other articles in which these words stand too: one text, and so one source.",
    },
    copies=list[Copy],  # type: ignore[valid-type]
)
Claim: type[BaseModel] = _drawn(
    nouns.Claim,
    {
        "text": "One sentence of the answer, with its markers.",
        "citations": "The markers of the citations that it rests on.",
        "verdict": "`verbatim`: a quotation. `supported`: a model's sentence that a paragraph bears out. `unverified`:"
        " one that none does.",
        "reason": "Of a sentence that is not borne out: why not.",
    },
)
Nearest: type[BaseModel] = _drawn(
    nouns.Nearest,
    {
        "article_id": "The article.",
        "title": "Its headline.",
        "paragraph": "The paragraph's number.",
        "text": "The paragraph.",
    },
)
Answer: type[BaseModel] = _drawn(
    nouns.Answer,
    {
        "question": "The question as it was asked.",
        "answer": "The sentences with their markers; of an abstention the reason in words.",
        "mode": "How it came about: `model` a language model wrote, `quoted` sentences were quoted, `fallback` quoted"
        " because the model failed, `abstained` the articles do not say.",
        "abstained": "True where the articles do not answer the question. That is an answer, with status 200.",
        "asked_as": "A follow-up as it was understood.",
        "reason": "Why it abstained.",
        "fallback_reason": "Why the model's answer was not used, in words.",
        "as_of": "The newest date among the cited articles.",
        "undated_left_out": "How many articles a date filter left out for having no date.",
        "model": "The language model; null where none was asked.",
        "prompt": "A fingerprint of the words that the model was given.",
        "usage": "How many tokens went in and out.",
        "timings_ms": "How long each stage took, in milliseconds.",
        "claims": "The sentences of the answer.",
        "citations": "Where their words stand.",
        "nearest": "Of an abstention: the paragraphs that come nearest.",
    },
    abstained=bool,
    claims=list[Claim],  # type: ignore[valid-type]
    citations=list[Citation],  # type: ignore[valid-type]
    nearest=list[Nearest],  # type: ignore[valid-type]
)

_ARTICLE = {
    "id": "12 hex digits, the same for all versions.",
    "version": "8 hex digits; a version's text never changes.",
    "title": "The headline.",
    "publisher": "Who published it.",
    "published": "When it was published.",
    "updated": "When it was last changed by its publisher.",
    "url": "Its original address.",
    "paragraphs": "How many numbered paragraphs it has.",
    "speakers": "Everybody who speaks in it, who speaks most first.",
}
# The path on the server's disk that an article was read from is nobody else's business.
ListedArticle: type[BaseModel] = _drawn(Listed, _ARTICLE, leave_out=frozenset({"source"}))
ArticleVersion: type[BaseModel] = _drawn(
    Version, {**_ARTICLE, "current": "True of the newest.", "added": "When it came into the library (UTC)."}
)

# -- shapes of the API's own ------------------------------------------------------------------------------------------


class Speaker(BaseModel):
    """Who speaks in a paragraph, and how we know."""

    name: str = Field(description="The full name.")
    how: str = Field(description="named, pronoun, role, running quotation, carried.")
    from_: int = Field(alias="from", description="The number of the paragraph that names the speaker.")
    inferred: bool = Field(description="True where the words around the quotation do not name the speaker.")


class ArticleParagraph(BaseModel):
    """A paragraph of an article, in reading order."""

    number: int | None = Field(description="Its number (¶), from 1; null of what is not body text.")
    page: int | None = Field(description="Of a PDF: the page on which it begins, from 1.")
    kind: str = Field(description="body, title, heading, caption, credit, byline, dateline, promotion, correction.")
    text: str = Field(description="Its text.")
    heading: str | None = Field(description="The heading that it stands under.")
    speakers: list[Speaker] = Field(description="Who speaks in it.")


class WholeArticle(BaseModel):
    """An article with its paragraphs."""

    id: str = Field(description=_ARTICLE["id"])
    version: str = Field(description=_ARTICLE["version"])
    newest: bool = Field(description="True where there is no newer version.")
    title: str = Field(description=_ARTICLE["title"])
    publisher: str | None = Field(description=_ARTICLE["publisher"])
    authors: list[str] = Field(description="Who wrote it.")
    published: str | None = Field(description=_ARTICLE["published"])
    updated: str | None = Field(description=_ARTICLE["updated"])
    url: str | None = Field(description=_ARTICLE["url"])
    language: str | None = Field(description="The language, as a tag: en.")
    section: str | None = Field(description="The section of the publication.")
    opinion: bool = Field(description="True where the publisher says that it is one.")
    corrections: list[str] = Field(description="What the publisher says to have corrected in it, word for word.")
    copies: list[Copy] = Field(description="Other articles that are one text with it.")  # type: ignore[valid-type]
    paragraphs: list[ArticleParagraph] = Field(description="All its paragraphs.")
    versions: list[ArticleVersion] = Field(description="Its versions, the newest first.")  # type: ignore[valid-type]


class ArticleList(BaseModel):
    """Articles, the newest version of each."""

    articles: list[ListedArticle] = Field(description="In the order in which they came in.")  # type: ignore[valid-type]


class Copies(BaseModel):
    """A citation as text to paste."""

    markdown: str = Field(description="For Markdown.")
    text: str = Field(description="Without markup.")
    mediawiki: str = Field(description="MediaWiki's {{cite news}}.")


class Source(BaseModel):
    """A paragraph with what a reader wants to know of it."""

    id: str = Field(description="`ARTICLE@VERSION#NUMBER`.")
    article_id: str = Field(description=_ARTICLE["id"])
    version: str = Field(description=_ARTICLE["version"])
    newest: bool = Field(description="True where the article has no newer version.")
    number: int = Field(description="Its number (¶), from 1.")
    of: int = Field(description="How many numbered paragraphs the article has.")
    page: int | None = Field(description="Of a PDF: the page on which it begins, from 1.")
    text: str = Field(description="Its text.")
    heading: str | None = Field(description="The heading that it stands under.")
    speakers: list[Speaker] = Field(description="Who speaks in it.")
    title: str = Field(description=_ARTICLE["title"])
    publisher: str | None = Field(description=_ARTICLE["publisher"])
    published: str | None = Field(description=_ARTICLE["published"])
    url: str | None = Field(description=_ARTICLE["url"])
    opinion: bool = Field(description="True where the publisher says that the article is one.")
    corrections: list[str] = Field(
        description="What the publisher says to have corrected in the article, in the newest version and in this one."
    )
    copies: list[Copy] = Field(description="Other articles in which its words stand too: one text.")  # type: ignore[valid-type]
    permalink: str = Field(description="A page that shows it in its article, from the root of this site.")
    citation: Citation | None = Field(description="The words that `at` names, as a citation.")  # type: ignore[valid-type]
    copy_: Copies | None = Field(alias="copy", description="That citation as text to paste.")


class SourceList(BaseModel):
    """Paragraphs, in the order in which they were asked for."""

    paragraphs: list[Source] = Field(description="One for each `id`.")


class Models(BaseModel):
    """What can answer."""

    models: list[str] = Field(description="Names for `model`; the empty one quotes and asks no language model.")
    default: str = Field(description="Which of them answers where none is named.")


class Conversation(BaseModel):
    """A conversation that was kept."""

    id: str = Field(description="Its secret id: whoever has it can read the conversation, unless its owner signed in.")
    title: str = Field(description="The first question.")
    turns: int = Field(description="How many questions were asked.")
    updated: datetime = Field(description="When the last one was (UTC).")


Turn: type[BaseModel] = _drawn(
    conversations.Turn,
    {
        "question": "The question as it was asked.",
        "answer": "What it got, as `POST api/ask` gives it.",
        "asked": "What it was restricted to: `after`, `before`, `publisher`, `speaker`, `article` with its `title`.",
        "model": "Who was to answer; the empty text quotes and asks no language model.",
        "stopped": "True where the reader stopped the answer: it is what stood there by then.",
        "at": "When it was answered (UTC).",
    },
    answer=Answer,
)


class Turns(BaseModel):
    """A conversation that was kept, with all that was said."""

    turns: list[Turn] = Field(description="The questions with their answers, oldest first.")  # type: ignore[valid-type]


class Problem(BaseModel):
    """What went wrong."""

    detail: str = Field(description="What happened, and what to do next.")
