"""The command line: reads arguments, opens a library, prints. Exit codes are at the end of `--help`.

0 done · 1 an error stopped it (one line on stderr) · 2 wrong usage · 3 the articles do not say
(`ask`), or some files failed (`add`) · 130 it was interrupted.
"""

import json
import os
import signal
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar

from indexes.errors import ModelUnavailable, NewsciteError, QuestionError
from indexes.library import Details, Library, Progress, Report, Wanted
from indexes.readers import parse_date
from indexes.readers.formats import MAPPED, READABLE, holds_many
from indexes.samples import sample_articles
from indexes.sources import is_address
from rag import Answer, Assistant, Explanation
from ui import render, terminal

ERROR, USAGE, PARTLY = 1, 2, 3
INTERRUPTED = 130  # as shells have it for Ctrl-C

app = typer.Typer(
    name="newscite",
    help="Ask your articles; every answer is cited to the paragraph, word for word.",
    epilog="Exit codes: 0 done; 1 an error stopped it; 2 wrong usage; 3 the articles do not say (ask), "
    "or some files failed (add); 130 you stopped it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
articles = typer.Typer(help="List, read and remove the articles of a library.", no_args_is_help=True)
app.add_typer(articles, name="articles")


def main() -> None:
    """Run the command line; errors of ours become one line on stderr."""
    signal.signal(signal.SIGTERM, _end_cleanly)
    warnings.simplefilter("ignore")  # a library's deprecations are not the reader's business
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        app()
    except QuestionError as error:
        _fail(error, USAGE)
    except NewsciteError as error:
        _fail(error, ERROR)
    except BrokenPipeError:  # `newscite articles list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _end_cleanly(signum: int, _frame: FrameType | None) -> None:
    # Raised as an exception, a SIGTERM lets the library finish its write and close (facts: 0 of 4 stores torn).
    raise SystemExit(128 + signum)


def _fail(error: NewsciteError, code: int) -> None:
    print(f"newscite: {terminal.printable(str(error))}", file=sys.stderr)
    raise SystemExit(code)


def _date(text: str) -> date:
    try:
        return parse_date(text)
    except (ValueError, NewsciteError) as error:
        raise typer.BadParameter(str(error)) from None


Home = Annotated[
    Path | None,
    typer.Option("--home", help="The library's folder.", show_default="NEWSCITE_HOME, or your platform's data folder"),
]
EmbeddingModel = Annotated[
    str | None,
    typer.Option(
        help="A sentence-transformers model, by name or folder.",
        show_default="the library's own; for a new one all-MiniLM-L6-v2, which comes along",
    ),
]
Model = Annotated[
    str | None,
    typer.Option(
        envvar="NEWSCITE_MODEL",
        help="A language model that writes the answer: `openai:NAME`, `anthropic:NAME`, `google_genai:NAME`, "
        "`mistralai:NAME`, `ollama:NAME`, or `gguf:FILE` to run one here.",
        show_default="none: the answer is quoted",
    ),
]
BaseUrl = Annotated[str | None, typer.Option(help="The address of an OpenAI-compatible server (vLLM, llama.cpp, …).")]
Timeout = Annotated[
    float | None,
    typer.Option(min=1, help="Seconds that the model may keep silent.", show_default="60; 600 on your own machine"),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on stdout.")]


def _day(help: str, *names: str) -> Any:
    return typer.Option(*names, parser=_date, metavar="DATE", help=help, show_default=False)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"newscite {version('newscite')}")
        raise typer.Exit


@app.callback()
def common(
    context: typer.Context,
    home: Home = None,
    _: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Ask your articles; every answer is cited to the paragraph, word for word."""
    context.obj = home


Since = Annotated[date | None, _day("Only articles published on or after this day, as far as they say.", "--since")]
Limit = Annotated[int | None, typer.Option(min=1, help="At most so many articles that are new or have changed.")]
AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="Fetch from this machine and its own network as well.")
]
Delay = Annotated[float, typer.Option(min=0, max=600, help="Seconds between two requests to one host.")]


@app.command(no_args_is_help=True)
def add(
    context: typer.Context,
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH|ADDRESS…",
            help=f"Files and folders ({READABLE}); the web address of an article, or of an RSS or Atom feed.",
        ),
    ] = None,
    samples: Annotated[bool, typer.Option("--samples", help="Add the sample articles that come along.")] = False,
    published: Annotated[date | None, _day("Publication date.", "--date")] = None,
    publisher: Annotated[str | None, typer.Option(help="Who published the articles.")] = None,
    url: Annotated[str | None, typer.Option(help="The original address, for one article in a file.")] = None,
    since: Since = None,
    limit: Limit = None,
    fields: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="OURS=THEIRS", help="A field of JSON records: `title=headline.main`. Repeatable."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and write nothing.")] = False,
    allow_private: AllowPrivate = False,
    delay: Delay = 1.0,
    embedding_model: EmbeddingModel = None,
    home: Home = None,
) -> None:
    """Read articles into the library. What is there already stays as it is; a changed text becomes a new version.

    - `newscite add articles/`
    - `newscite add story.pdf --publisher "Harbour Courier" --date 2025-03-14`
    - `newscite add https://courier.example/harbour https://courier.example/feed.xml --limit 20`
    - `newscite add archive.jsonl --map title=headline.main --map text=body`
    """
    given: list[str | Path] = list(targets or [])
    if samples:
        given.append(sample_articles())
    if not given:
        raise typer.BadParameter("name at least one file, folder or web address, or --samples")
    if url and (len(given) != 1 or is_address(given[0]) or Path(given[0]).is_dir() or _holds_many(given[0])):
        raise typer.BadParameter("--url is the address of one article: name one file that holds one")
    details = Details(published=published, publisher=publisher, url=url)
    wanted = Wanted(limit, since, _fields(fields or ()), allow_private, delay)
    with _library(context, home, embedding_model) as library, _adding() as progress:
        report = library.add(*given, details=details, wanted=wanted, dry_run=dry_run, on_progress=progress)
        noted = bool(library.failures())
    _end_adding(report, noted, dry_run)


def _holds_many(given: str | Path) -> bool:
    return holds_many(Path(given).suffix)


def _end_adding(report: Report, noted: bool, dry_run: bool = False) -> None:
    """Print what became of everything; `noted` says that `articles failed` has something to tell."""
    terminal.print_report(report, terminal.console())
    if dry_run:
        terminal.console().print("No article was written: this was a rehearsal.")
    elif noted and report.count("failed"):
        terminal.console(stderr=True).print("What failed, and how to try it again: newscite articles failed")
    if report.count("failed"):
        raise typer.Exit(ERROR if report.count("failed") == len(report.outcomes) else PARTLY)


def _fields(pairs: Sequence[str]) -> dict[str, str]:
    fields = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    if len(fields) < len(pairs) or not all(fields.values()):
        raise typer.BadParameter("--map wants OURS=THEIRS, each of ours once: --map title=headline")
    unknown = fields.keys() - MAPPED
    if unknown:
        raise typer.BadParameter(f"--map knows no {', '.join(sorted(unknown))}; it knows {', '.join(sorted(MAPPED))}")
    return fields


@contextmanager
def _adding() -> Iterator[Progress]:
    """Show the progress of adding; say what stays where it is interrupted."""
    try:
        with _progress() as progress:
            yield progress
    except KeyboardInterrupt:
        print("newscite: Stopped. What was read stays; the same command goes on from there.", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None


def _say(line: str) -> None:
    print(terminal.printable(line), flush=True)


@app.command(no_args_is_help=True)
def watch(
    context: typer.Context,
    feeds: Annotated[
        list[str],
        typer.Argument(metavar="FEED…", help="The addresses of RSS or Atom feeds; a page is looked at for changes."),
    ],
    every: Annotated[str, typer.Option(help="How often: a number with m, h or d; once a minute at most.")] = "15m",
    publisher: Annotated[str | None, typer.Option(help="Who published the articles.")] = None,
    since: Since = None,
    limit: Limit = None,
    allow_private: AllowPrivate = False,
    delay: Delay = 1.0,
    embedding_model: EmbeddingModel = None,
    home: Home = None,
) -> None:
    """Look after feeds: add what is new in them, again and again, until you stop it (Ctrl-C, or SIGTERM).

    - `newscite watch https://courier.example/feed.xml --every 15m`
    """
    from ui import watch as watching  # only this command looks at a clock

    if not all(map(is_address, feeds)):
        raise typer.BadParameter("a feed is named by its web address: https://…")
    try:
        task = watching.Watch(
            feeds,
            watching.duration(every),
            Details(publisher=publisher),
            Wanted(limit, since, allow_private=allow_private, delay=delay),
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    try:
        watching.watch(task, _home(context, home), embedding_model, _say)
    except (KeyboardInterrupt, SystemExit):
        print("Stopped.", flush=True)


@app.command(no_args_is_help=True)
def ask(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="QUESTION", help="In your own words.")],
    after: Annotated[date | None, _day("Only articles published on or after this day.")] = None,
    before: Annotated[date | None, _day("Only articles published on or before this day.")] = None,
    as_of: Annotated[date | None, _day("Only what was known on this day: articles and their versions.")] = None,
    speaker: Annotated[str | None, typer.Option(help="Only paragraphs in which this person speaks.")] = None,
    publisher: Annotated[str | None, typer.Option(help="Only articles of this publisher.")] = None,
    article: Annotated[str | None, typer.Option(help="Only this article: its id, or how the id begins.")] = None,
    model: Model = None,
    base_url: BaseUrl = None,
    timeout: Timeout = None,
    no_fallback: Annotated[bool, typer.Option("--no-fallback", help="Do not quote where the model fails.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show what happened, stage by stage.")] = False,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Answer a question from the articles, each sentence with its paragraph and its speaker.

    Without a language model the answer is made of quotes. With one, the model writes, and only sentences that a
    paragraph bears out are shown.

    - `newscite ask "what does Oduya promise the boats?"`
    - `newscite ask "who voted for the higher wall?" --after 2025-01-01 --json`
    - `newscite ask "why is the quay shut?" --model ollama:llama3.2`
    """
    if base_url and not model:
        raise typer.BadParameter("--base-url is the address of a model's server: name the model with --model")
    asked: dict[str, Any] = {
        "question": " ".join(words),
        "after": after,
        "before": before,
        "as_of": as_of,
        "speaker": speaker,
        "publisher": publisher,
        "article": article,
        "fallback": not no_fallback,
    }
    with Assistant.open(_home(context, home), model=model, base_url=base_url, timeout=timeout) as assistant:
        if explain:
            answer = _print_explanation(assistant.explain(**asked), as_json)
        elif as_json:
            answer = assistant.ask(**asked)
            print(answer.to_json())
        else:
            answer = terminal.print_growing(assistant.as_runnable().stream(asked), terminal.console())
    if answer.reason == "model_unavailable":
        raise ModelUnavailable(answer.fallback_reason or answer.answer)
    if answer.abstained:
        raise typer.Exit(PARTLY)


def _print_explanation(explanation: Explanation, as_json: bool) -> Answer:
    """Print what happened to a question; return what it got."""
    if as_json:
        print(explanation.to_json())
    else:
        terminal.print_explanation(explanation, terminal.console())
    return explanation.answer


@app.command()
def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(
            min=1, max=65535, help="The port.", show_default="7860; at your own machine the next one that is free"
        ),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            help="A language model that may be chosen, as for `ask`; the first is the default. Repeatable.",
            show_default="NEWSCITE_MODEL, or none: answers are quoted",
        ),
    ] = None,
    base_url: BaseUrl = None,
    timeout: Timeout = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="Let nobody add or remove articles.")] = False,
    user_header: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The header in which your proxy names the user whom it has signed in."),
    ] = None,
    trust_proxy: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS", help="An address or network that your proxy calls from. Repeatable."),
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help="Let in everybody who reaches the address.")] = False,
    root_path: Annotated[
        str, typer.Option(metavar="PATH", help="The prefix that your proxy takes off the path.", show_default="none")
    ] = "",
    embed_origin: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ORIGIN",
            help="A site whose pages may show the chat: https://wiki.example. Repeatable.",
            show_default="none",
        ),
    ] = None,
    rate: Annotated[str, typer.Option(help="How many questions one visitor may ask.")] = "60/minute",
    home: Home = None,
) -> None:
    """Serve the chat, the articles and the API, on this machine only unless you say who may come in.

    - `newscite serve`
    - `newscite serve --model ollama:llama3.2 --read-only`
    - `newscite serve --root-path /qa --user-header X-Forwarded-User --trust-proxy 127.0.0.1`
    - `newscite serve --embed-origin https://wiki.example`
    """
    from ui import serve as server  # a web server: no other command needs one
    from ui.access import AccessRule, web_origin

    models = tuple(model or filter(None, [os.environ.get("NEWSCITE_MODEL")]))
    if base_url and not any(models):
        raise typer.BadParameter("--base-url is the address of a model's server: name the model with --model")
    try:
        settings = server.Settings(
            home=_home(context, home),
            host=host,
            port=port,
            rule=AccessRule(
                user_header,
                trusted_proxies=tuple(trust_proxy or ()),
                open=open_,
                embed_origins=tuple(dict.fromkeys(map(web_origin, embed_origin or ()))),
            ),
            models=models,
            base_url=base_url,
            timeout=timeout,
            read_only=read_only,
            rate=rate,
            root_path=root_path,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    server.serve(settings)


@app.command()
def rebuild(context: typer.Context, embedding_model: EmbeddingModel = None, home: Home = None) -> None:
    """Make the index anew from the stored articles: after an unclean stop, or for another embedding model."""
    opened = Library.open(_home(context, home), model=embedding_model, for_rebuild=True)
    with opened as library, _progress() as progress:
        library.rebuild(on_progress=progress)
        count = len(library.articles())
    terminal.console().print(f"The index is new. It holds {count} articles.")


@articles.command("list")
def list_articles(context: typer.Context, as_json: Json = False, home: Home = None) -> None:
    """List the articles: id, date, publisher, number of paragraphs, title."""
    with _library(context, home) as library:
        rows = library.articles()
    if as_json:
        print(json.dumps([render.listed_as_json(row) for row in rows], ensure_ascii=False, indent=2))
    else:
        terminal.print_articles(rows, terminal.console())


ArticleId = Annotated[str, typer.Argument(help="The article's id, or how it begins; ID@VERSION for an older version.")]


@articles.command("show")
def show_article(
    context: typer.Context,
    article: ArticleId,
    history: Annotated[
        bool, typer.Option("--history", help="Show what changed from version to version; with ID@VERSION, since then.")
    ] = False,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Print an article with paragraph numbers and speakers in the margin, or what changed in it.

    - `newscite articles show 7363 --history`
    """
    if history:
        _show_history(context, article, as_json, home)
        return
    with _library(context, home) as library:
        found = library.article(*article.split("@", 1))
        known = library.versions(found.id)
        others = [each.version for each in known if each.version != found.version]
        copies = library.copies(found.id) if found.version == known[0].version else []
    if as_json:
        print(json.dumps(render.article_as_json(found, copies), ensure_ascii=False, indent=2))
    else:
        terminal.print_article(found, terminal.console(), others, copies)


def _show_history(context: typer.Context, article: str, as_json: bool, home: Path | None) -> None:
    name, _, since = article.partition("@")
    with _library(context, home) as library:
        found = library.article(name)
        steps = library.history(found.id, since or None)
    if as_json:
        print(json.dumps(render.history_as_json(found, steps), ensure_ascii=False, indent=2))
    else:
        terminal.print_history(found, steps, terminal.console())


@articles.command("failed")
def failed_articles(
    context: typer.Context,
    retry: Annotated[bool, typer.Option("--retry", help="Try all of them again.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Strike all of them from the list.")] = False,
    allow_private: AllowPrivate = False,
    delay: Delay = 1.0,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """List what could not be added, with the reason. What is added later leaves the list by itself.

    - `newscite articles failed --retry`
    - `newscite add FILE`, for one of them
    """
    if retry and forget:
        raise typer.BadParameter("--retry and --forget exclude each other")
    with _library(context, home) as library:
        if retry:
            with _adding() as progress:
                report = library.retry_failures(Wanted(allow_private=allow_private, delay=delay), progress)
            _end_adding(report, bool(library.failures()))
            return
        failures = library.failures()
        if forget:
            library.forget_failures([failure.source for failure in failures])
    if as_json:
        print(json.dumps([render.failure_as_json(failure) for failure in failures], ensure_ascii=False, indent=2))
    elif forget:
        terminal.console().print(f"Forgotten: {len(failures)}.")
    else:
        terminal.print_failures(failures, terminal.console())


@articles.command("remove")
def remove_article(context: typer.Context, article: ArticleId, home: Home = None) -> None:
    """Remove an article with all its versions."""
    with _library(context, home) as library:
        removed = library.remove(article)
    terminal.console().print(f"Removed “{terminal.printable(removed.title)}”.", markup=False)


def _home(context: typer.Context, home: Path | None) -> Path | None:
    return home or context.find_root().obj


def _library(context: typer.Context, home: Path | None, embedding_model: str | None = None) -> Library:
    return Library.open(_home(context, home), model=embedding_model)


@contextmanager
def _progress() -> Iterator[Progress]:
    """Show a bar on stderr while there is something to wait for; yield what is to be told of it."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with ProgressBar(*columns, console=terminal.console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(what: str, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total or None, description=terminal.printable(what[:40]))

        yield show
