"""The chat in Gradio: components, and which of our functions answers which event. All that it shows is made elsewhere.

A conversation's id comes from the page's fragment: `static/chat.js` writes it into a hidden field. What was said lies
in `Service.conversations`; the messages on the page are only its picture, so every event starts from what is stored.
"""

import os
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from indexes.errors import NewsciteError
from ui.access import Visitor
from ui.conversations import Turn
from ui.message import Message, answered, asked, messages, problem, question_of, waiting
from ui.service import Service
from ui.suggestions import Suggestions

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before the import: Gradio asks its home page for its version there

import gradio as gr

FILTERS = ("after", "before", "publisher", "speaker")  # keywords of `Assistant.ask`, in the order of the fields
AT_ONCE = 8  # questions of all visitors that are answered at the same time
WAITING = 64  # further questions that wait for their turn; beyond them the chat says that it is busy
LONGEST = 2000  # characters that the question box takes

_THEME = gr.themes.Base(
    font=gr.themes.LocalFont("Source Sans Pro", weights=(400, 700)), font_mono=["ui-monospace", "monospace"]
)
_Shown = AsyncGenerator[tuple[Any, Any]]  # the messages, the question box

HEAD = """
<link rel="stylesheet" href="../static/tokens.css"><link rel="stylesheet" href="../static/evidence.css">
<link rel="stylesheet" href="../static/chat.css">
<script src="../static/theme.js"></script><script type="module" src="../static/chat.js"></script>
"""


def mount_chat(app: Any, service: Service, path: str) -> None:
    """Mount the chat on a FastAPI app. Every setting that Gradio leaves open by default is closed here."""
    chat = _chat(service)
    chat.queue(default_concurrency_limit=None, max_size=WAITING, api_open=False)
    gr.mount_gradio_app(
        app,
        chat,
        path=path,
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
    """Lay the components out, and connect them."""
    asking = _Asking(service)
    shown = {"api_visibility": "private"}
    with gr.Blocks(title="Newscite", analytics_enabled=False, fill_width=True) as chat:
        ready = gr.Textbox(visible="hidden", elem_id="nc-ready", container=False)
        conversation = gr.Textbox(visible="hidden", elem_id="nc-conversation", container=False)
        history = gr.Chatbot(
            elem_id="nc-history",
            layout="panel",
            show_label=False,
            container=False,
            buttons=["copy"],
            editable="user",
            latex_delimiters=[],
            allow_tags=False,
            height="100%",
        )
        with gr.Accordion("Filter by date, publisher, speaker", open=False, elem_id="nc-filters"), gr.Row():
            after = gr.Textbox(label="From", placeholder="2025-01-31", max_length=10, min_width=110, elem_id="nc-after")
            before = gr.Textbox(
                label="Until", placeholder="2025-12-31", max_length=10, min_width=110, elem_id="nc-before"
            )
            publisher = gr.Dropdown(label="Publisher", choices=[], min_width=160, elem_id="nc-publisher")
            speaker = gr.Dropdown(label="Speaker", choices=[], min_width=160, elem_id="nc-speaker")
        with gr.Row(elem_id="nc-ask"):
            model = gr.Dropdown(
                label="Answered by",
                choices=[(name or "quotes only", name) for name in service.models],
                value=service.models[0],
                visible=len(service.models) > 1,
                elem_id="nc-model",
                scale=1,
                min_width=160,
            )
            question = gr.Textbox(
                placeholder="Ask the articles …",
                show_label=False,
                label="Your question",
                container=False,
                max_lines=6,
                max_length=LONGEST,
                submit_btn=True,
                autofocus=True,
                elem_id="nc-question",
                scale=5,
            )
        filters = [after, before, publisher, speaker]
        context = [conversation, model, *filters]
        growing = {"outputs": [history, question], "concurrency_limit": AT_ONCE, "concurrency_id": "asking", **shown}
        asked_events = [
            question.submit(asking.ask, [question, *context], **growing),
            history.example_select(asking.ask_example, context, **growing),
            history.retry(asking.retry, context, **growing),
            history.edit(asking.edit, context, **growing),
        ]
        question.stop(_ready_to_ask, None, question, cancels=asked_events, **shown)
        history.undo(asking.undo, conversation, [history, question], **shown)
        conversation.change(asking.show, conversation, history, **shown)
        chat.load(asking.start, None, [ready, history, publisher, speaker], **shown)
    return chat


class _Asking:
    """What happens at each event; `Service` does the work."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._suggestions = Suggestions(service.library)

    def start(self) -> tuple[Any, ...]:
        """Say that the page can be used; offer what the library holds by now."""
        library = self._service.library
        publishers = sorted({row.publisher for row in library.articles() if row.publisher})
        return (
            "ready",
            gr.Chatbot(examples=[{"text": text} for text in self._suggestions.current()]),
            gr.Dropdown(choices=[("any", ""), *((name, name) for name in publishers)], value=""),
            gr.Dropdown(choices=[("anybody", ""), *((name, name) for name in sorted(library.speakers()))], value=""),
        )

    def show(self, request: gr.Request, conversation: str) -> list[Message]:
        """Return what was said in a conversation; nothing yet in a new one."""
        try:
            return messages(self._turns(request, conversation))
        except NewsciteError as error:
            return [problem(str(error))]

    # Gradio fills in what is annotated as its own (Request, SelectData, …) before the values of the fields.

    async def ask(self, request: gr.Request, text: str, conversation: str, *context: str | None) -> _Shown:
        """Answer a question that was typed."""
        async for shown in self._answer(request, text, None, conversation, *context):
            yield shown

    async def ask_example(self, request: gr.Request, chosen: gr.SelectData, conversation: str, *context: Any) -> _Shown:
        """Answer an example question."""
        async for shown in self._answer(request, chosen.value["text"], None, conversation, *context):
            yield shown

    async def retry(self, request: gr.Request, chosen: gr.RetryData, conversation: str, *context: Any) -> _Shown:
        """Ask a question again; what came after it goes."""
        async for shown in self._answer(request, _text(chosen.value), _turn(chosen), conversation, *context):
            yield shown

    async def edit(self, request: gr.Request, chosen: gr.EditData, conversation: str, *context: Any) -> _Shown:
        """Ask an edited question in place of the old one; what came after it goes."""
        async for shown in self._answer(request, _text(chosen.value), _turn(chosen), conversation, *context):
            yield shown

    def undo(self, request: gr.Request, chosen: gr.UndoData, conversation: str) -> tuple[list[Message], str]:
        """Take a question back into the box; it and what came after it go."""
        user = visitor_of(request).user
        self._service.conversations.truncate(conversation, user, _turn(chosen))
        return messages(self._turns(request, conversation)), _text(chosen.value)

    async def _answer(
        self, request: gr.Request, text: str, keep: int | None, conversation: str, model: str, *filters: str | None
    ) -> _Shown:
        """Yield the messages as the answer grows, and the state of the question box."""
        question = text.strip()
        try:
            before = messages(self._turns(request, conversation)[:keep])
            if not question:
                yield before, gr.Textbox(value="")
                return
            yield [*before, asked(question), waiting()], gr.Textbox(value="", submit_btn=False, stop_btn=True)
            given = {name: value.strip() for name, value in zip(FILTERS, filters, strict=True) if value}
            visitor = visitor_of(request)
            growing = self._service.converse(visitor, conversation, question, given, model, keep)
            async with aclosing(growing):
                async for turns in growing:
                    yield [*before, asked(question), answered(turns[-1], growing=turns[-1].stopped)], gr.skip()
            yield gr.skip(), _ready_to_ask()
        except NewsciteError as error:
            yield [*before, asked(question), problem(str(error))], _ready_to_ask(question)

    def _turns(self, request: gr.Request, conversation: str) -> list[Turn]:
        return self._service.conversations.turns(conversation, visitor_of(request).user) if conversation else []


def visitor_of(request: gr.Request) -> Visitor:
    """Return who sent an event: `ui.access` has put it into the request."""
    visitor: Visitor = request.request.state.visitor
    return visitor


def _ready_to_ask(question: str | None = None) -> Any:
    changed = {} if question is None else {"value": question}
    return gr.Textbox(submit_btn=True, stop_btn=False, **changed)


def _turn(chosen: gr.RetryData | gr.EditData | gr.UndoData) -> int:
    """Return the turn (0-based) that a message belongs to: each has two."""
    return int(chosen.index) // 2  # type: ignore[arg-type]  # a pair only where tuples are shown, which are gone


def _text(value: Any) -> str:
    """Return the question in a message's value, which Gradio gives as text or as a list of parts."""
    parts = value if isinstance(value, list) else [value]
    return question_of("".join(part if isinstance(part, str) else part.get("text", "") for part in parts))
