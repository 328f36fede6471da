"""What a web page says about its article: JSON-LD and meta tags first, trafilatura's reading of the page after that."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import urljoin, urlsplit

from indexes.readers.addresses import canonical_url, same_page
from indexes.readers.dates import find_date
from indexes.readers.draft import Head
from indexes.readers.jsonld import Record, Records, kinds, line

_PUBLISHED = (
    "article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "pubdate",
    "parsely-pub-date",
)
_UPDATED = ("article:modified_time", "datemodified", "og:updated_time", "last-modified")
_SECTION = ("article:section", "og:article:section", "parsely-section")
_BETWEEN = re.compile(r"\s+[|–—·•:-]{1,2}\s+|\s*[|\[\]»«]\s*|:\s+")  # what stands between title and site in a <title>
_HEAD_NAMES = re.compile(
    r"(?:^|[\s_-])(?:logo|masthead|banner|branding|site-?title|site-?name|header)(?:$|[\s_-])", re.I
)
_SITES = {"WebSite", "NewsMediaOrganization"}
_OPINION = re.compile(
    r"opinions?|comment(?:ary)?|comment is free|editorials?|columns?|columnists?|op-?ed'?s?|leaders?|viewpoints?|"
    r"letters?|guest essays?|meinung|kommentare?|leitartikel|opini[óã]o?n?|tribunes?|éditos?|éditorial",
    re.IGNORECASE,
)
_OPINION_PATH = {"opinion", "opinions", "commentisfree", "editorial", "editorials", "oped", "op-ed"}


def page_head(page: Any, found: Any) -> Head:
    """Return the head of a page, given its tree and trafilatura's document."""
    records, meta = Records(page), _meta(page)
    record = _record(page, records, meta)
    published = _first_date(record.get("datePublished"), *map(meta.get, _PUBLISHED), _marked_time(page), found.date)
    updated = _first_date(record.get("dateModified"), *map(meta.get, _UPDATED))
    sections = records.names(record.get("articleSection")) or [meta[key] for key in _SECTION if key in meta]
    url = next(filter(canonical_url, _addresses(page, meta, record)), None)
    return Head(
        title=_title(page, records, record, meta, found),
        publisher=records.name(record.get("publisher")) or meta.get("og:site_name") or found.sitename or None,
        authors=_authors(records, record, found),
        published=published,
        updated=updated if updated != published else None,
        url=url,
        language=page.get("lang") or records.name(record.get("inLanguage")),
        section=sections[0] if sections else None,
        opinion=_is_opinion(records, record, meta, sections, url),
    )


def addresses(page: Any, base: str) -> list[str]:
    """Return the addresses that a page, found at `base`, says to be its own: the surest first."""
    meta, records = _meta(page), Records(page)
    named = _addresses(page, meta, _record(page, records, meta))
    return list(dict.fromkeys(address for name in named if (address := _joined(base, name))))


def article_record(page: Any) -> Record:
    """Return what the page's JSON-LD says about its article; an empty record where it says nothing."""
    return _record(page, Records(page), _meta(page))


def says_article(page: Any) -> bool:
    """Tell whether a page says of itself to be an article."""
    return bool(article_record(page)) or _meta(page).get("og:type", "").lower() in ("article", "news", "newsarticle")


# --- title ------------------------------------------------------------------------------------------------------------


def _title(page: Any, records: Records, record: Record, meta: Mapping[str, str], found: Any) -> str | None:
    """Return the heading that the page shows, where its own records confirm that it is the title."""
    named = [title for title in (line(record.get("headline")), meta.get("og:title")) if title]
    whole = line(page.findtext(".//title"))
    site = _site_names(records, record, meta, found)
    headings = list(_headings(page, "h1"))
    site |= {text.casefold() for text, logo in headings if logo}
    shown = [text for text, _ in headings if text.casefold() not in site]
    for title in filter(None, (*named, whole, found.title)):
        confirmed = [text for text in shown if _confirms(title, text)]
        if confirmed:
            return _below_the_site(page, whole, max(confirmed, key=len)) if title == whole else max(confirmed, key=len)
    if named:
        return named[0]
    if len(shown) == 1:
        return shown[0]
    return _first_part(found.title, site) or _first_part(whole, site) or found.title or None


def _below_the_site(page: Any, whole: str | None, shown: str) -> str:
    """Return a heading; but where it is the last part of <title> and a smaller one is the first, it is the site's."""
    parts = _BETWEEN.split(whole or "")
    if len(parts) > 1 and shown.casefold() in parts[-1].casefold():
        return next((text for text, _ in _headings(page, "h2") if text.casefold() == parts[0].casefold()), shown)
    return shown


def _headings(page: Any, tag: str) -> Iterator[tuple[str, bool]]:
    """Yield the page's headings of a size, and whether each is the site's logo: only a link, in the page's head."""
    for element in page.iter(tag):
        text = line("".join(element.itertext()))
        if text:
            links = list(element.iter("a"))
            only_a_link = len(links) == 1 and line("".join(links[0].itertext())) == text
            yield text, only_a_link and (_heads_the_page(element) or _path(links[0]) in ("", "/"))


def _path(link: Any) -> str | None:
    """Return the path that a link leads to; None where it leads nowhere else."""
    href = link.get("href") or "#"
    try:
        return None if href.startswith("#") else urlsplit(href).path
    except ValueError:
        return None


def _heads_the_page(element: Any) -> bool:
    above = list(element.iterancestors())
    names = " ".join(f"{e.get('class') or ''} {e.get('id') or ''}" for e in (element, *above[:3]))
    tags = {e.tag for e in above}
    return not tags & {"article", "main"} and ("header" in tags or bool(_HEAD_NAMES.search(names)))


def _confirms(title: str, shown: str) -> bool:
    """Tell whether a title is a heading's: the same words, a part of it on its own, or most of it."""
    title, shown = title.casefold(), shown.casefold()
    return shown in _BETWEEN.split(title) or (shown in title and len(shown) * 2 >= len(title))


def _first_part(whole: str | None, site: set[str]) -> str | None:
    """Return what stands in a <title> besides the site's name."""
    return next((part for part in _BETWEEN.split(whole or "") if part and part.casefold() not in site), None)


def _site_names(records: Records, record: Record, meta: Mapping[str, str], found: Any) -> set[str]:
    sites = [line(one.get("name")) for one in records.all if _SITES & set(kinds(one))]
    names = [records.name(record.get("publisher")), meta.get("og:site_name"), found.sitename, *sites]
    return {name.casefold() for name in names if name}


# --- the rest ---------------------------------------------------------------------------------------------------------


def _record(page: Any, records: Records, meta: Mapping[str, str]) -> Record:
    """Return the record of the page's own article: where there are several, the one that the page confirms."""
    articles = records.articles()
    titles = [title for title in (meta.get("og:title"), line(page.findtext(".//title"))) if title]
    links = [link.get("href") or "" for link in page.iter("link") if _relation(link) == "canonical"]

    def confirmed(record: Record) -> tuple[bool, bool, bool]:
        headline = line(record.get("headline"))
        addressed = any(same_page(name, link) for name in _record_addresses(record) for link in links)
        titled = bool(headline) and any(_confirms(title, headline or "") for title in titles)
        return addressed, titled, any(kind.endswith("NewsArticle") for kind in kinds(record))

    return max(articles, key=confirmed, default={})


def _addresses(page: Any, meta: Mapping[str, str], record: Record) -> list[str]:
    """Return what a page says to be its address, as it stands there: the link, og:url, then its record."""
    links = [link.get("href") for link in page.iter("link") if _relation(link) == "canonical"]
    named = [*links, meta.get("og:url"), *_record_addresses(record)]
    return [name.strip() for name in named if name and name.strip()]


def _record_addresses(record: Record) -> list[str]:
    page = record.get("mainEntityOfPage")
    of_page = [page.get("@id"), page.get("url")] if isinstance(page, Mapping) else [page]
    return [name for name in [*of_page, record.get("url")] if isinstance(name, str)]


def _relation(link: Any) -> str:
    return (link.get("rel") or "").strip().lower()


def _joined(base: str, name: str) -> str | None:
    try:
        return urljoin(base, name)
    except ValueError:
        return None


def _meta(page: Any) -> dict[str, str]:
    meta: dict[str, str] = {}
    for element in page.iter("meta"):
        key = element.get("property") or element.get("name") or element.get("itemprop")
        value = line(element.get("content"))
        if key and value:
            meta.setdefault(key.lower(), value)
    return meta


def _marked_time(page: Any) -> str | None:
    """Return the time that the page marks as the one of publication."""
    for element in page.iter("time"):
        if (
            "published" in f"{element.get('itemprop')} {element.get('class')}".lower()
            or element.get("pubdate") is not None
        ):
            stamp: str | None = element.get("datetime")
            return stamp
    return None


def _first_date(*values: object) -> date | None:
    return next((found for value in values if (found := find_date(value))), None)


def _authors(records: Records, record: Record, found: Any) -> tuple[str, ...]:
    clear = [name for name in records.names(record.get("author")) if not name.startswith("http")]
    return tuple(dict.fromkeys(clear or [line(name) or "" for name in (found.author or "").split(";") if name.strip()]))


def _is_opinion(
    records: Records, record: Record, meta: Mapping[str, str], sections: list[str], url: str | None
) -> bool:
    """Tell whether the publisher says that this is somebody's opinion: by type, genre, section, mark or address."""
    if meta.get("article:opinion", "").lower() in ("true", "1", "yes"):
        return True
    if any(kind.endswith("OpinionNewsArticle") for kind in kinds(record)):
        return True
    said = [*sections, *records.names(record.get("genre")), *(meta[key] for key in _SECTION if key in meta)]
    parts = [part.strip() for name in said for part in re.split(r"[|/>,;:»›]", name)]
    return any(map(_OPINION.fullmatch, parts)) or bool(_OPINION_PATH & set(urlsplit(url or "").path.lower().split("/")))
