"""What `add` is given becomes sources, one article each: files and what they hold, pages, the entries of feeds.

Nothing is read before its turn, and nothing is fetched twice that has not changed. It knows nothing of how articles
are stored: what was fetched before is asked of the intake.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from indexes.article import Article
from indexes.errors import NewsciteError, ReadError
from indexes.intake import Intake, Known
from indexes.readers import Details, Options, canonical_url, expand, items, shown
from indexes.web.fetched import Fetch, Fetched

if TYPE_CHECKING:
    from indexes.web.feeds import Entry

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")

OnWait = Callable[[float, str], None]  # told how many seconds are waited, and what for


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the articles are wanted, and how they may be got."""

    limit: int | None = None  # at most so many that are new or have changed
    since: date | None = None  # none that was published before; one without a date is wanted
    fields: Mapping[str, str] = field(default_factory=dict)  # which field of a record is its title, its text, …
    allow_private: bool = False  # fetch from this machine and its own network as well
    delay: float = 1.0  # seconds between two requests to one host
    seconds: float | None = None  # after which nothing more is fetched or waited for


@dataclass(frozen=True, slots=True)
class Source:
    """Where one article may come from."""

    name: str  # what a report calls it
    read: Callable[[], Article | None]  # None: it has not changed. Raises ReadError
    id: str = ""  # what it is told from others by: an absolute path, an address, a place in a file
    again: str = ""  # what `add` takes to try it once more; empty where nothing does
    published: date | None = None  # as a feed says, before it is read
    fetches: bool = False  # reading it goes over the network
    known: bool = False  # it has not changed, and need not be read to know that
    written: Callable[[str | None], None] = field(default=lambda article_id: None)  # told when it is in the library


class Sources:
    """The sources of one run of adding. Use it in a `with` block: it may hold connections open."""

    def __init__(
        self, intake: Intake, has: Callable[[str], bool], wanted: Wanted, on_wait: OnWait = lambda seconds, what: None
    ) -> None:
        """`has` tells whether the library has an article of this id; `on_wait` is told what a fetch waits for."""
        self._intake = intake
        self._has = has
        self._wanted = wanted
        self._on_wait = on_wait
        self._until = None if wanted.seconds is None else time.monotonic() + wanted.seconds
        self._open = ExitStack()
        self._fetch: Fetch | None = None
        self._feeds: list[_Feed] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def of(self, target: str | Path, details: Details | None = None) -> Iterator[Source]:
        """Yield the sources in a file or folder, or at an address. What is wrong comes out when one is read."""
        text = str(target)
        if not is_address(target):
            yield from self._files(Path(target), details)
        elif canonical_url(text):
            yield from self._address(text, details or Details())
        else:
            from indexes.web import target as targets  # see `_fetcher`

            yield Source(targets.shown(text), partial(_fail, targets.refusal(text)))

    def settle(self, left: Iterable[str]) -> None:
        """Remember of each feed how to ask for news, but of those that name one of the sources which are left."""
        self._intake.forget(feed.known.address for feed in self._feeds)
        todo = set(left)
        self._intake.remember(*(feed.known for feed in self._feeds if not todo.intersection(feed.entries)))

    # -- files --------------------------------------------------------------------------------------------------

    def _files(self, path: Path, details: Details | None) -> Iterator[Source]:
        for file in expand(path):
            whole = shown(file.absolute())
            for item in items(file, details, Options(self._wanted.fields)):
                yield Source(item.name, item.read, whole + item.name.removeprefix(shown(file)), whole)

    # -- addresses ----------------------------------------------------------------------------------------------

    def _address(self, url: str, details: Details) -> Iterator[Source]:
        """Yield the page at an address, or what the feed there names. Only fetching it tells which it is."""
        from indexes.web.feeds import is_feed

        url = _key(url)  # an address in a cache is that of the page itself
        known = self._intake.recall(url)
        if known and self._is_removed(known):
            known = None  # it is asked for again
        with _failing_late(url) as failed:
            fetched = self._get(url, known)
            if not fetched.unchanged and is_feed(fetched):
                yield from self._feed(url, fetched, details)
            else:
                page = _Page(url, lambda: fetched, partial(self._article, details=details), self._intake, known)
                yield Source(url, page.read, url, url, written=page.written)
        yield from failed

    def _feed(self, url: str, fetched: Fetched, details: Details) -> Iterator[Source]:
        from indexes.web.feeds import entries

        found = entries(fetched)
        if not found.entries and not found.left_out:
            raise ReadError(f"{url}: the feed names no article.", "Try again when it has news.")
        self._feeds.append(_Feed(Known(url, fetched.etag, fetched.modified), [entry.url for entry in found.entries]))
        for entry in found.entries:
            yield self._entry(url, entry, details)
        for line in found.left_out:
            yield Source(url, partial(_fail, ReadError(f"{url}: {line}")))

    def _entry(self, feed: str, entry: "Entry", details: Details) -> Source:
        known = self._intake.recall(entry.url)
        named = self._intake.recall(f"{feed} {entry.url}")  # what this feed said of it; another may say something else
        if known and ((named and named.stamp == entry.stamp) or self._is_removed(known)):
            return Source(entry.url, lambda: None, entry.url, entry.url, entry.published, known=True)
        page = _Page(
            entry.url,
            partial(self._get, entry.url, known),
            partial(self._article, details=details),
            self._intake,
            known,
            Known(f"{feed} {entry.url}", stamp=entry.stamp),
        )
        return Source(entry.url, page.read, entry.url, entry.url, entry.published, fetches=True, written=page.written)

    def _is_removed(self, known: Known) -> bool:
        """Tell whether what stood at an address has been taken out of the library: a feed must not bring it back."""
        return known.article is not None and not self._has(known.article)

    def _article(self, fetched: Fetched, details: Details) -> Article:
        from indexes.web.pages import read_page

        return read_page(fetched, self._fetcher, details)

    def _get(self, url: str, known: Known | None) -> Fetched:
        self._check_time()
        return self._fetcher.get(url, etag=known.etag if known else None, modified=known.modified if known else None)

    def _waits(self, seconds: float, what: str) -> None:
        self._check_time(seconds)
        self._on_wait(seconds, what)

    def _check_time(self, ahead: float = 0.0) -> None:
        if self._until is not None and time.monotonic() + ahead >= self._until:
            raise ReadError("fetching has taken too long.", "Give the address again later.")

    @property
    def _fetcher(self) -> Fetch:
        if self._fetch is None:
            from indexes.web.fetching import Fetcher  # a client for HTTP, which files do without

            self._fetch = self._open.enter_context(
                Fetcher(allow_private=self._wanted.allow_private, delay=self._wanted.delay, on_wait=self._waits)
            )
        return self._fetch


def is_address(target: str | Path) -> bool:
    """Tell whether something given is an address, good or bad, and no path."""
    return isinstance(target, str) and bool(_SCHEME.match(target))


@dataclass(slots=True)
class _Feed:
    """A feed that was fetched, and what it names."""

    known: Known
    entries: list[str]


@dataclass(slots=True)
class _Page:
    """An address on its way into the library: fetched when it is read, remembered when it is written."""

    address: str
    fetch: Callable[[], Fetched]
    to_article: Callable[[Fetched], Article]
    intake: Intake
    known: Known | None  # from the last time
    named: Known | None = None  # what a feed says of it
    fetched: Fetched | None = None

    def read(self) -> Article | None:
        self.fetched = self.fetch()
        return None if self.fetched.unchanged else self.to_article(self.fetched)

    def written(self, article_id: str | None) -> None:
        assert self.fetched
        etag, modified = self.fetched.etag, self.fetched.modified
        if self.fetched.unchanged and self.known:  # 304 need not repeat them
            etag, modified = etag or self.known.etag, modified or self.known.modified
        found = Known(self.address, etag, modified, article=article_id)
        self.intake.remember(*filter(None, (found, self.named)))


@contextmanager
def _failing_late(url: str) -> Iterator[list[Source]]:
    """Turn what is wrong with an address into a source that says so when it is read; the others are still to come."""
    failed: list[Source] = []
    try:
        yield failed
    except Exception as error:  # whatever a parser makes of it
        if isinstance(error, NewsciteError) and not isinstance(error, ReadError):
            raise  # the library's trouble, not the address's
        failed.append(Source(url, partial(_fail, error), url, url))


def _key(url: str) -> str:
    """Return the form of an address under which it is remembered, whoever spells it."""
    return canonical_url(url) or url


def _fail(error: Exception) -> Article:
    raise error
