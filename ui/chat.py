"""The chat in Gradio: components, and which of our functions answers which event. All that it shows is made elsewhere.

A conversation's id comes from the page's fragment: `static/chat.js` writes it into a hidden field. What was said lies
in `Service.conversations`; the messages on the page are only its picture, so every event starts from what is stored.
"""

import os
from asyncio import to_thread
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any

from indexes.article import Filters
from indexes.library import UnknownArticle
from ui.access import Visitor
from ui.conversations import Turn, UnknownConversation
from ui.message import Message, answered, asked, messages, problem, question_of, restriction, waiting
from ui.problems import problem_of
from ui.scope import Scope, settle
from ui.service import Service

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before the import: Gradio asks its home page for its version there

import gradio as gr

UNFILTERED = "Filter by date, publisher, speaker"
FILTERS = ("after", "before", "publisher", "speaker")  # keywords of `Assistant.ask`, in the order of the fields
AT_ONCE = 8  # questions of all visitors that are answered at the same time
SUGGESTED_AT_ONCE = 1  # sets of suggestions that are made: each keeps a processor busy for a second or more
WAITING = 64  # further questions that wait for their turn; beyond them the chat says that it is busy
LONGEST = 20_000  # characters that the question box takes; what is too long for a question is told by `rag`, not cut

PRIVATE: dict[str, Any] = {"api_visibility": "private"}  # of every event: the API is ui/api.py, with limits of its own

_THEME = gr.themes.Base(
    font=gr.themes.LocalFont("Source Sans Pro", weights=(400, 700)), font_mono=["ui-monospace", "monospace"]
)
_Shown = AsyncGenerator[tuple[Any, Any]]  # the messages, the question box

HEAD = """
<link rel="stylesheet" href="../static/tokens.css"><link rel="stylesheet" href="../static/evidence.css">
<link rel="stylesheet" href="../static/chat.css">
<script src="../static/theme.js"></script><script type="module" src="../static/chat.js"></script>
"""


def mount_chat(app: Any, service: Service, path: str, favicon: Path) -> None:
    """Mount the chat on a FastAPI app. Every setting that Gradio leaves open by default is closed here."""
    chat = _chat(service)
    chat.queue(default_concurrency_limit=None, max_size=WAITING, api_open=False)
    gr.mount_gradio_app(
        app,
        chat,
        path=path,
        favicon_path=favicon,
        theme=_THEME,
        head=HEAD,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        show_error=False,
        max_file_size=1,
        ssr_mode=False,
    )


def _chat(service: Service) -> gr.Blocks:
    """Lay the components out, and say what happens at which event."""
    chat: gr.Blocks
    with gr.Blocks(title="Newscite", analytics_enabled=False, fill_width=True) as chat:
        # What static/chat.js reads and writes: that the page can be used, its conversation, and to have that one shown.
        ready, conversation, opened = (_hidden(name) for name in ("nc-ready", "nc-conversation", "nc-opened"))
        # What the page around restricts it to (written before nc-opened), and what its reader is told of that.
        scope, notice = (_hidden(name) for name in ("nc-scope", "nc-notice"))
        history = _history()
        with gr.Accordion(UNFILTERED, open=False, elem_id="nc-filters") as restricted, gr.Row():
            after, before = _day("From", "2025-01-31"), _day("Until", "2025-12-31")
            publisher, speaker = _choice("Publisher"), _choice("Speaker")
        with gr.Row(elem_id="nc-ask"):
            model = _models(service.models)
            question = _question()

        happens = _Asking(service)
        filters: list[Any] = [after, before, publisher, speaker]
        context = [conversation, model, scope, *filters]
        answering = {
            "outputs": [history, question],
            "concurrency_limit": AT_ONCE,
            "concurrency_id": "asking",
            **PRIVATE,
        }
        answers: list[dict[str, Any]] = [  # each a Dependency, which is a dict
            question.submit(happens.ask, [question, *context], **answering),
            history.example_select(happens.ask_example, context, **answering),
            history.retry(happens.ask_again, context, **answering),
            history.edit(happens.ask_again, context, **answering),
        ]
        # Two events, because Gradio cancels only when the function of the same event is done.
        stopped = question.stop(None, None, None, cancels=answers, **PRIVATE)
        stopped.then(happens.stop, conversation, [history, question], **PRIVATE)
        history.undo(happens.undo, conversation, [history, question], **PRIVATE)
        shows = [history, ready, scope, notice, question, *filters]
        shown = opened.change(happens.show, [conversation, opened, scope], shows, **PRIVATE)
        suggesting = {"concurrency_limit": SUGGESTED_AT_ONCE, "concurrency_id": "suggesting", **PRIVATE}
        shown.then(happens.suggest, scope, history, **suggesting)
        gr.on([field.change for field in filters], _restricted, filters, restricted, **PRIVATE)
        chat.load(happens.start, None, [ready, publisher, speaker], **PRIVATE)
    return chat


def _hidden(name: str) -> gr.Textbox:
    return gr.Textbox(visible="hidden", elem_id=name, container=False)


def _history() -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="nc-history",
        layout="panel",
        label="Conversation",
        show_label=False,
        container=False,
        buttons=["copy"],
        editable="user",
        latex_delimiters=[],
        allow_tags=False,
        height="100%",
    )


def _day(label: str, example: str) -> gr.Textbox:
    return gr.Textbox(label=label, placeholder=example, max_length=10, min_width=110)


def _choice(label: str) -> gr.Dropdown:
    # Custom values, because a page that was open before the server was started anew has choices that it never gave.
    return gr.Dropdown(label=label, allow_custom_value=True)


def _models(names: tuple[str, ...]) -> gr.Dropdown:
    return gr.Dropdown(
        label="Answered by",
        choices=[(name or "quotes only", name) for name in names],
        value=names[0],
        visible=len(names) > 1,
        elem_id="nc-model",
        scale=1,
        min_width=160,
    )


def _question() -> gr.Textbox:
    return gr.Textbox(
        label="Your question",
        placeholder="Ask the articles …",
        show_label=False,
        container=False,
        max_lines=6,
        max_length=LONGEST,
        submit_btn=True,
        interactive=False,  # until the page knows its conversation: nothing may be asked before
        elem_id="nc-question",
        scale=5,
    )


class _Asking:
    """What happens at each event; `Service` does the work."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def start(self) -> tuple[Any, ...]:
        """Say that the page can be used; offer what the library holds by now."""
        library = self._service.library
        publishers = sorted({row.publisher for row in library.articles() if row.publisher})
        return (
            "ready",
            gr.update(choices=[("any", ""), *((name, name) for name in publishers)], value=""),
            gr.update(choices=[("anybody", ""), *((name, name) for name in sorted(library.speakers()))], value=""),
        )

    def suggest(self, scope: str) -> Any:
        """Offer example questions, the page's own if it has some; a new library has to be read for them first.

        The scope is the one that `show` has settled.
        """
        settled = Scope.read(scope)
        texts = settled.suggestions or self._service.suggestions.current(Filters(**settled.filters))
        return gr.update(examples=[{"text": text} for text in texts])

    def show(self, request: gr.Request, conversation: str, opened: str, scope: str) -> tuple[Any, ...]:
        """Return what was said in a conversation, nothing in a new one; that it is there; a box to ask; no filters.

        What the page restricts questions to stays as it is now found, and as its reader is told, until the next time.
        """
        settled, notice = self._settled(scope)
        said = self._said(request, conversation)
        return said, opened, settled.written(), notice, gr.update(interactive=True), *("" for _ in FILTERS)

    # Gradio fills in what is annotated as its own (Request, SelectData, …) before the values of the fields.

    async def ask(self, request: gr.Request, text: str, conversation: str, *context: Any) -> _Shown:
        """Answer a question that was typed."""
        async with aclosing(self._answer(request, text, None, conversation, *context)) as growing:
            async for shown in growing:
                yield shown

    async def ask_example(self, request: gr.Request, chosen: gr.SelectData, conversation: str, *context: Any) -> _Shown:
        """Answer an example question."""
        async with aclosing(self._answer(request, chosen.value["text"], None, conversation, *context)) as growing:
            async for shown in growing:
                yield shown

    async def ask_again(self, request: gr.Request, chosen: gr.RetryData, conversation: str, *context: Any) -> _Shown:
        """Ask a question anew, as it was or edited; what came after it goes."""
        async with aclosing(self._answer(request, *_question_and_turn(chosen), conversation, *context)) as growing:
            async for shown in growing:
                yield shown

    def undo(self, request: gr.Request, chosen: gr.RetryData, conversation: str) -> tuple[list[Message], str]:
        """Take a question back into the box; it and what came after it go."""
        question, turn = _question_and_turn(chosen)
        with suppress(UnknownConversation):  # a question that failed was never kept
            self._service.conversations.truncate(conversation, visitor_of(request).user, turn)
        return self._said(request, conversation), question

    async def stop(self, request: gr.Request, conversation: str) -> tuple[Any, Any]:
        """Show what was kept of an answer that was stopped."""
        await self._service.settled(conversation)
        return await to_thread(self._said, request, conversation), _ready_to_ask()

    async def _answer(
        self,
        request: gr.Request,
        text: str,
        keep: int | None,
        conversation: str,
        model: str,
        scope: str,
        *filters: str | None,
    ) -> _Shown:
        """Yield the messages as the answer grows, and the state of the question box."""
        question = text.strip()
        before: list[Message] = []
        try:
            before = messages((await to_thread(self._turns, request, conversation))[:keep])
            if not question:
                yield before, gr.update(value="")
                return
            yield [*before, asked(question), waiting()], gr.update(value="", submit_btn=False, stop_btn=True)
            # Retry can be pressed while `show` settles what the page said: unsettled, it would have all articles asked.
            settled, _ = await to_thread(self._settled, scope)
            given = {name: value.strip() for name, value in zip(FILTERS, filters, strict=True) if value}
            given |= settled.filters  # the page's own, for its reader cannot see the fields
            visitor = visitor_of(request)
            growing = self._service.converse(visitor, conversation, question, given, model, keep)
            async with aclosing(growing):
                async for turns in growing:
                    yield [*before, asked(question), answered(turns[-1], growing=turns[-1].stopped)], gr.skip()
            yield gr.skip(), _ready_to_ask()
        except Exception as error:
            yield [*before, asked(question), problem(_told(error))], _ready_to_ask(value=question)

    def _said(self, request: gr.Request, conversation: str) -> list[Message]:
        try:
            return messages(self._turns(request, conversation))
        except Exception as error:
            return [problem(_told(error))]

    def _settled(self, scope: str) -> tuple[Scope, str]:
        said = Scope.read(scope)
        if not (said.filters or said.pages):
            return said, ""  # as nearly always: no need to list the library for it at every question
        return settle(said, self._service.library.articles())

    def _turns(self, request: gr.Request, conversation: str) -> list[Turn]:
        return self._service.conversations.turns(conversation, visitor_of(request).user) if conversation else []


def visitor_of(request: gr.Request) -> Visitor:
    """Return who sent an event: `ui.access` has put it into the request."""
    assert request.request is not None  # it is None only for Gradio's own examples
    visitor: Visitor = request.request.state.visitor
    return visitor


def _restricted(*filters: str | None) -> Any:
    """Say on the filters' lid what they leave, for they hold also while it is closed."""
    words = restriction(dict(zip(FILTERS, (value or "" for value in filters), strict=True)))
    return gr.update(label=f"Filter: {words}" if words else UNFILTERED)


def _told(error: Exception) -> str:
    """Return what a reader is told of an error: of an article that the page named, no way of finding another."""
    return error.what if isinstance(error, UnknownArticle) else problem_of(error).detail


def _ready_to_ask(**changed: Any) -> Any:
    return gr.update(submit_btn=True, stop_btn=False, **changed)


def _question_and_turn(chosen: gr.RetryData) -> tuple[str, int]:
    """Return the question in a chosen message, and the turn (0-based) that it belongs to: each turn has two messages.

    Editing and undoing say the same of a message as asking again. Gradio gives its text as such or in parts.
    """
    parts = chosen.value if isinstance(chosen.value, list) else [chosen.value]
    text = "".join(part if isinstance(part, str) else part["text"] for part in parts)
    assert isinstance(chosen.index, int)  # a pair only in the tuples that Gradio had once
    return question_of(text), chosen.index // 2
