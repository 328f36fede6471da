"""What stands at an address instead of the article: a wall to log in or pay at, a consent page, a check for robots.

A wall is told by what little is left of the text without the wall's own wording, and by wording in that text or above
it: an article may speak of cookies, passwords and subscriptions as much as it likes, and whatever else stands on its
page may do so too. Where no article was found at all, everything on the page may say why.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from indexes.errors import ReadError
from indexes.readers.jsonld import Record, is_free
from indexes.readers.pagehead import article_record, says_article
from indexes.web.fetched import SAVE_IT

CHECK_IT = "Check the address, or look for the article at its publisher."
_TEASER = 1200  # characters: two to four paragraphs, and hardly a whole article
_REMARK = 500  # characters: what such a page may say besides its own wording
_NOTE = 150  # the same for a page that says of itself to be an article
_PAGE = 4000  # characters of everything: what names no article and has more is some other page, with a banner on it
_SHARE = 0.6  # of the words that a page says its article has: with fewer it shows a teaser


@dataclass(frozen=True, slots=True)
class _Wall:
    what: str
    wording: re.Pattern[str]
    hint: str = SAVE_IT


def _wall(what: str, *wordings: str, hint: str = SAVE_IT) -> _Wall:
    return _Wall(what, re.compile("|".join(wordings), re.IGNORECASE), hint)


_SIGN_IN = r"(?:log|sign)(?:ged)?[ -]?in"
_PAY = rf"(?:subscri\w+|sign up|register|{_SIGN_IN}|join|members?(?:hip)?|(?:free )?trial|pay|purchase|buy)"
_READING = r"(?:continu\w+|keep|finish) reading|read(?:ing)? the (?:full|whole|rest of|complete|entire)"
_PIECE = r"(?:article|story|content|page|post)"

_MISSING = _wall(
    "the page says that there is no such article (not found).",
    r"^(?:error )?404\b",
    rf"\b{_PIECE}(?: (?:was|is|could|can))?(?: ?not|n[’']t)(?: be)? (?:found|available)\b",
    rf"\b{_PIECE} (?:you\b.{{0,40}} )?(?:does not|doesn[’']t|no longer) exists?",
    rf"(?:can[’']?t|cannot|can not|could not|couldn[’']t|unable to) find (?:the|that|this|your) {_PIECE}",
    rf"\b{_PIECE} (?:is no longer available|has (?:been (?:removed|deleted|moved)|expired))",
    hint=CHECK_IT,
)
_ROBOTS = _wall(
    "the page checks whether a person reads it, and does not show the article.",
    r"\bare you (?:a )?(?:robot|human)\b",
    r"\b(?:verify|verifying|confirm|prove)(?: that)? you(?:[’']re| are)(?: not)? (?:a )?(?:human|robot)\b",
    r"\b(?:not|aren[’']t) a robot\b",
    r"\bchecking (?:your browser|if the site connection)",
    r"\bunusual (?:traffic|activity) from your",
    r"\bcomplete the (?:captcha|security check)",
    r"\bpardon our interruption",
    r"\battention required! \| cloudflare",
    r"^just a moment\b",
    r"\b(?:enable|turn on) (?:js|javascript|cookies) and (?:cookies|javascript|disable)",
    r"\byou have been blocked\b",
    r"^(?:403 |error )?(?:access denied|forbidden)\b",
)
_PAYWALL = _wall(
    "the page shows only the beginning of the article to those who do not subscribe.",
    rf"\b{_PAY}\b.{{0,80}}\b(?:to|and) (?:{_READING})",
    rf"\bto (?:{_READING})\b.{{0,80}}\b{_PAY}\b",
    rf"\b(?:this|the) {_PIECE} is\b.{{0,40}}\b(?:for|to)\b.{{0,30}}\b(?:subscribers|members)\b",
    rf"\b(?:subscribers?|members?|premium)[- ](?:only|exclusive)? ?{_PIECE}\b",
    rf"\b(?:limit|number) of (?:your )?(?:monthly )?(?:free|complimentary) {_PIECE}s?\b",
    rf"\bunlock (?:this|the|full) {_PIECE}\b",
    r"\b(?:for|available to) (?:paying )?subscribers only\b",
)
_LOGIN = _wall(
    "the page asks to log in and does not show the article.",
    rf"\b{_SIGN_IN} (?:to|in order to) (?:continue|read|view|access|see|your)\b",
    rf"\byou (?:must|need to|have to) (?:be {_SIGN_IN}|{_SIGN_IN}|register)",
    rf"\bplease {_SIGN_IN}\b",
    r"\bforgot(?:ten)? (?:your )?(?:password|username)\b",
    r"\bcreate (?:an|your) (?:free )?account\b",
    r"\bregister (?:for free )?to (?:continue|read)\b",
    rf"^{_SIGN_IN}$",
)
_CONSENT = _wall(
    "the page asks for consent (cookies, privacy) and does not show the article.",
    r"\bbefore you continue to\b",
    r"\bwe (?:value|care about|respect) your privacy\b",
    r"\bwe and our (?:\d+ )?(?:\w+ )?partners\b",
    r"\b(?:we|our partners|this (?:web)?site)\b.{0,40}\buses? cookies\b",
    r"\b(?:accept|reject|allow|agree to) all\b",
    r"\b(?:manage|change|set|withdraw)\b.{0,20} (?:settings|preferences|choices|consent)\b",
    r"\b(?:you|your|we|our)\b.{0,200}\b(?:consent|cookies|personal data|privacy (?:policy|notice))\b",
    r"\b(?:consent|cookies|personal data|privacy policy)\b.{0,200}\b(?:you|your|we|our)\b",
)
_SCRIPT = _wall(
    "the page shows its text only in a browser (it needs JavaScript).",
    r"\b(?:enable|turn on|activate|requires?|needs?) javascript\b",
    r"\bjavascript (?:is|to be|must be|has been)\b.{0,20}\b(?:disabled|enabled|required|needed|turned)\b",
    r"\bwithout javascript\b",
)
_INSTEAD = (_MISSING, _ROBOTS, _LOGIN, _CONSENT, _SCRIPT)

_DOOR_HOST = re.compile(r"(?:log-?in|sign-?in|accounts?|auth|sso|idp|consent|myprivacy|guce)\.", re.IGNORECASE)
_DOOR_STEP = re.compile(
    r"(?:log[-_]?in|sign[-_]?in|sso|auth(?:orize|wall)?|(?:collect)?consent|cookie-?wall|privacy-?gate|paywall|register|"
    r"subscribe|captcha|challenge)(?:\.\w{2,5})?",
    re.IGNORECASE,
)
_CORNERS = ("header", "nav", "aside", "footer")  # of a page, where many sites ask to log in and to subscribe
_QUOTED = re.compile(r"[“\"„«][^”\"“»„«]*[”\"“»]")


def check_article(url: str, page: Any, shown: Sequence[str]) -> None:
    """Raise ReadError where what was found on a page is a wall, and not the article.

    `page` is its tree, `shown` the paragraphs that were found on it.
    """
    if _is_teaser(article_record(page), shown) or _asks_to_pay(page, shown):
        _refuse(_PAYWALL)
    is_article = says_article(page)
    if not is_article and _is_door(url) and _left(shown, _CONSENT) < _TEASER:
        _refuse(_door(url))
    heading, most = _heading(page), _NOTE if is_article else _REMARK
    for wall in _INSTEAD:
        begins = wall.wording.search(heading) or not _left(shown[:1], wall)
        if begins and _left(shown, wall) < most:
            _refuse(wall)


def check_nothing(url: str, page: Any) -> None:
    """Raise ReadError where a page on which no article was found says why."""
    heading, text = _heading(page), _text(page, *_CORNERS)
    if _MISSING.wording.search(heading):
        _refuse(_MISSING)
    if _is_door(url):
        _refuse(_door(url))
    if _is_teaser(article_record(page), ()):
        _refuse(_PAYWALL)
    if len(text) > _PAGE:
        return
    if _has_password_field(page):
        _refuse(_LOGIN)
    for wall in (_ROBOTS, _PAYWALL, _LOGIN, _CONSENT, _MISSING):
        if wall.wording.search(heading) or wall.wording.search(text):
            _refuse(wall)
    if _SCRIPT.wording.search(_text(page)) or (len(text) < _REMARK and any(True for _ in page.iter("script"))):
        _refuse(_SCRIPT)


def _has_password_field(page: Any) -> bool:
    """Tell whether a page asks for a password, elsewhere than in the corner where many sites do."""
    corners = " or ".join(f"ancestor::{tag}" for tag in _CORNERS)
    return bool(page.xpath(f".//input[@type='password'][not({corners})]"))


def _refuse(wall: _Wall) -> None:
    raise ReadError(wall.what, wall.hint)


def _left(shown: Sequence[str], wall: _Wall) -> int:
    """Return how many characters are left without the paragraphs that are the wall's own words, not somebody quoted."""
    return sum(len(text) for text in shown if not wall.wording.search(_QUOTED.sub(" ", text)))


def _is_teaser(record: Record, shown: Sequence[str]) -> bool:
    """Tell whether a page says that its article has to be paid for, and shows only the beginning of it."""
    if is_free(record):
        return False
    words, whole = sum(len(text.split()) for text in shown), record.get("wordCount")
    if str(whole).isdecimal() and int(str(whole)[:9]):
        return words < int(str(whole)[:9]) * _SHARE
    return sum(map(len, shown)) < _TEASER


def _asks_to_pay(page: Any, shown: Sequence[str]) -> bool:
    """Tell whether a page with little text asks to pay for more of it, elsewhere than in its head and foot."""
    if sum(map(len, shown)) >= _TEASER:
        return False
    return bool(_PAYWALL.wording.search(_text(page, *_CORNERS)))


def _is_door(url: str) -> bool:
    """Tell whether an address is one to log in, to agree or to pay at."""
    parts = urlsplit(url)
    steps = [step for step in parts.path.split("/") if step]
    return bool(_DOOR_HOST.match(parts.hostname or "") or (steps and _DOOR_STEP.fullmatch(steps[-1])))


def _door(url: str) -> _Wall:
    return _CONSENT if re.search(r"consent|cookie|privacy|guce", url, re.IGNORECASE) else _LOGIN


def _heading(page: Any) -> str:
    """Return what a page has as its title, and the first heading in it, on lines of their own."""
    first = next(page.iter("h1", "h2"), None)
    title = page.findtext(".//title") or ""
    lines = [title, "".join(first.itertext()) if first is not None else ""]
    return next((line for line in (" ".join(line.split()) for line in lines) if _names_a_wall(line)), "")


def _names_a_wall(line: str) -> bool:
    return any(wall.wording.search(line) for wall in _INSTEAD)


def _text(page: Any, *without: str) -> str:
    """Return everything that a page says, what it says to browsers without JavaScript as well."""
    left_out = " or ".join(f"ancestor::{tag}" for tag in ("script", "style", "template", "head", *without))
    return " ".join(" ".join(page.xpath(f".//text()[not({left_out})]")).split())
