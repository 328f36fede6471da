"""What a line says it is, by its words alone: byline, dateline, caption, credit, promotion.

These are the parts of a page that are not the article's own text. Nothing here looks at the lines around a line
(paragraphs.py does), and nothing here is sure of much: a rule that could take a sentence of the article for
furniture is left out, because what is not body cannot be cited.
"""

import re

from indexes.article import Kind

LONGEST = 500  # characters: a longer line is never furniture

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day|\.)?"
_DAY_AND_MONTH = rf"(?:{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH})"
_DATE = rf"(?:{_DAY_AND_MONTH}(?:,?\s+\d{{4}})?|\d{{4}}-\d\d-\d\d(?:T[\d:.]+Z?)?|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}|{_MONTH}\s+\d{{4}})"
_TIME = r"(?:\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\s*[ap]\.?m\.?)?|\d{1,2}\s*[ap]\.?m\.?|noon|midnight)"
_ZONE = r"\(?(?:gmt|utc|bst|cet|cest|est|edt|et|cst|cdt|ct|pst|pdt|pt|mst|ist|jst|msk|aest|aedt)\b(?:\s*[+-]\d+(?::?\d\d)?)?\)?"
_AGO = r"(?:an?|\d+)\s+(?:minutes?|mins?|hours?|hrs?|days?|weeks?|months?)\s+ago"
_WHEN_LABEL = r"(?:(?:first\s+)?published|(?:last\s+)?(?:updated|modified)|posted|created|date(?:d)?|on|at)\b:?"
_WHEN_PART = rf"(?:{_WHEN_LABEL}|{_WEEKDAY}\b|{_DATE}|{_TIME}|{_ZONE}|{_AGO}|[,;|·•/()–—-])"
_WHEN = re.compile(rf"(?:{_WHEN_PART}\s*)+", re.IGNORECASE)
_HAS_WHEN = re.compile(rf"{_DATE}|{_TIME}|{_AGO}|{_WEEKDAY}\b", re.IGNORECASE)

_PLACE = r"[A-ZÀ-Þ][A-ZÀ-Þ.’'-]+(?:[ -][A-ZÀ-Þ][A-ZÀ-Þ.’'-]+){0,3}"  # LONDON, NEW YORK, SÃO PAULO
_AGENCY = r"\([A-Z][\w .&/-]{1,30}\)"
_PLACE_LINE = re.compile(
    rf"{_PLACE}(?:,\s*(?:[A-Z][\w.]+\s?){{1,3}})?,?\s*(?:{_DATE})?\s*(?:{_AGENCY})?\s*[—–-]{{0,2}}",
    re.IGNORECASE,
)
_PLACE_START = re.compile(_PLACE)

_NAME = r"(?:[A-ZÀ-Þ][\w’'.-]*|Mc[A-Z]\w+|d[’'][A-Z]\w+)"
_PARTICLE = r"(?:de|del|della|da|di|du|la|le|van|von|der|den|ter|bin|bint|ibn|al|el|y|e|of|the|for|in|at|and|with|&)"
_ROLE = (
    r"(?:staff|senior|chief|political|diplomatic|foreign|economics?|business|health|science|environment|education|"
    r"technology|sports?|home|world|defen[cs]e|security|legal|crime|religious|affairs|special|national|"
    r"writers?|reporters?|correspondents?|editors?|contributors?|columnists?|producers?|agenc(?:y|ies)|desk|our|own)"
)
_NAMES = rf"{_NAME}(?:[\s,|/]+(?:{_NAME}|{_PARTICLE}|{_ROLE}))*"
_BY = re.compile(
    r"(?:(?:written|words|story|text|report|reported|analysis|review|compiled|edited|interview)\s+)?by:?\s+"
    r"(?P<who>.+)",
    re.IGNORECASE,
)
_ONLY_NAMES = re.compile(rf"{_NAMES}(?:\s*[|,–—-]\s*(?:{_NAMES}))*")
_REPORTING = re.compile(
    r"\(?(?:additional |further )?(?:reporting|writing|editing|compiled|written|edited|produced|translated)"
    r"(?: and (?:reporting|writing|editing))? by\b.{2,300}",
    re.IGNORECASE,
)
_CONTRIBUTED = re.compile(r"[A-Z].{3,200}\bcontributed (?:reporting|to this (?:report|story|article))\b[^.]*\.?\)?")
_HANDLE = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+|@\w{2,30}")

_MEDIUM = (
    r"(?:photo(?:graph)?|picture|pic|image|illustration|graphic|video|artwork|cartoon|map|chart|file photo|ap photo)"
)
_MADE = r"(?:\s*(?:credits?|courtesy(?: of)?|source|provided by|supplied by|taken by|by))"
_CREDIT_LABEL = rf"(?:{_MEDIUM}s?{_MADE}?|(?:text|content|story|article|report)\s+courtesy|courtesy|credits?)\s*[:/©]"
_CREDIT_START = re.compile(
    rf"[(\[]?\s*(?:{_CREDIT_LABEL}|{_MEDIUM}s?\s+(?:by|courtesy(?: of)?)\s|courtesy of\s|©|\(c\)\s)",
    re.IGNORECASE,
)
_STOCK = (
    r"(?:Getty Images|Getty|AFP|EPA(?:-EFE)?|Shutterstock|iStock|Alamy(?: Stock Photo)?|PA Media|PA Wire|PA|AP|"
    r"Associated Press|Reuters|REUTERS|Bloomberg|Anadolu|Xinhua|Unsplash|Pixabay|Wikimedia(?: Commons)?|Flickr)"
)
_CREDIT_END = re.compile(
    rf"(?:[(\[]\s*(?:(?i:{_CREDIT_LABEL})|(?:{_STOCK}\s+)?(?i:{_MEDIUM})s?\s*(?i:by|credit|courtesy|via|/)|{_STOCK}\s*[/|]|{_STOCK}\s+(?i:via)\s)[^()]*[)\]]"
    rf"|(?:[.!?”\"’)]|\s[|–—-])\s+(?i:{_CREDIT_LABEL})\s*[^.!?]{{2,80}}"
    rf"|(?:^|[\s(])(?i:(?:{_MEDIUM})s?{_MADE}?)\s*[:©]\s*[^.!?:]{{2,60}}"
    rf"|\s(?:[A-Z][\w.’'-]+\s?)*/\s?(?:{_STOCK})(?:/{_STOCK}|\s+via\s+{_STOCK})*"
    rf"|\bREUTERS/[A-Z][\w .’'-]{{2,50}}|{_STOCK}\s+via\s+{_STOCK}"
    r"|[.!?”\"]\s+(?:Getty Images|Shutterstock|Alamy|PA Media|iStock)"
    r"|\(?file (?:photo|image|picture)\)?)[.)\]]*$"
)
_CAPTION_START = re.compile(
    rf"(?:FILE(?: PHOTO| PICTURE| IMAGE)?\s*[-–—:]|(?i:caption|pictured(?: above| below)?|{_MEDIUM}(?: caption)?)\s*:)\s*\S|\[(?i:image|photo|picture|video)\b[^]]*\]$"
)
_SOURCE_LINE = re.compile(r"\(?(?:source|sources|via)\s*:\s*[^.!?]{2,80}\)?", re.IGNORECASE)
_RIGHTS = re.compile(
    r"(?:\(c\)|©|copyright\b).{0,300}"
    r"|.{0,200}\ball rights reserved\b.{0,200}"
    r"|\(?(?:this|the) (?:article|story|piece|report|copy|text)\b.{0,60}\b(?:originally (?:published|appeared)|(?:is|was) (?:re)?published"
    r" (?:from|by|under|with)|first (?:appeared|published)|syndicated|has not been edited by)\b.{0,300}"
    r"|\(?with (?:inputs?|reporting|files|additional reporting) (?:from|by)\b[^.]{2,80}\.?\)?",
    re.IGNORECASE | re.DOTALL,
)
_SIGNATURE = re.compile(
    rf"[(\[—–-]*\s*(?:{_STOCK}|IBNS|PTI|ANI|IANS|dpa|TASS|Interfax|Voice of America|VOA|BBC(?: News)?)(?:/[\w ]+)*\s*[)\]]*\.?"
)
_END_MARK = re.compile(r"-*\s*(?:ends?|30|more)\s*-+|#{2,}|ENDS|\(?(?:END|MORE)\)", re.IGNORECASE)

_PROMOTION = re.compile(
    r"""
    (?:▶|►|»|>+|\*+|•|[-–—])?\s*
    (?:
      sign\ up\ (?:for|to|here|now|today)\b.* | subscribe(?:\ (?:to|now|today|here|for)\b.*)?
    | (?:read|see|watch|listen|hear)\ (?:more|also|next|now|the\ full\ (?:story|article))(?:\b\s*[:|–—-].*|\ (?:on|about|from|in|at)\b[^.]*|\ here\b.*)?
    | (?:also\ (?:read|see|watch)|(?:read|see|watch|listen|more|related|recommended|don[’']t\ miss|up\ next|trending))\s*[:|]\ ?.*
    | (?:related|recommended|more|other|latest|top|popular|trending|most\ (?:read|viewed|popular))\ (?:stories|articles?|news|content|coverage|topics?|links?|reading|videos?)[:.]?
    | (?:related|most\ read|most\ viewed|recommended(?:\ for\ you)?|trending(?:\ now)?|you\ (?:may|might)\ also\ like.*|editor[’']?s[’']?\ picks?)
    | more\ (?:on\ this\ (?:story|topic)|from\ (?:the\ )?[A-Z][\w\ ]{1,30}|stories\ like\ this)[:.]?
    | follow\ (?:us|our|me|him|her|them|@\w+)\b.* | follow\ .{2,50}\ on\ (?:twitter|x|facebook|instagram|threads|bluesky|linkedin|telegram|google\ news|social\ media|whatsapp)\b.*
    | (?:like|find|join|contact|tell|email|e-mail)\ us\b.{0,120} | join\ (?:our|the\ conversation)\b.*
    | (?:advertisement|advertising|sponsored(?:\ content)?|promoted(?:\ content)?|paid\ (?:post|content)|ad)
    | (?:advertisement|story|article|post|content)\ (?:continues?|resumes?)\ (?:below|after|reading)\b.*
    | (?:scroll|swipe)\ (?:down\ )?(?:to\ continue|for\ more)\b.* | continue\ reading\b.* | skip\ (?:past|to|advert)\b.*
    | after\ newsletter\ promotion | (?:newsletter|newsletters|our\ newsletters?)(?:\ (?:sign-?up|promotion))?
    | share(?:\ (?:this|on|via|the\ (?:article|story))\b.{0,60}|\ (?:facebook|twitter|email|whatsapp)\b.*)? | (?:tweet|print|email|e-mail|save|bookmark|copy\ link|comments?|reply|\d+\ comments?|\d+\ shares?)
    | (?:click|tap)\ (?:here|to)\b.* | download\ (?:our|the)\ .{0,30}\bapp\b.* | get\ (?:our|the|all)\ .{0,60}\b(?:newsletters?|inbox|app|updates|alerts)\b.*
    | (?:the|our|your)\ .{2,60}\b(?:straight|delivered|sent)\ (?:directly\ )?(?:in)?to\ your\ inbox\b.*
    | support\ (?:our|independent|quality|local)\ .{0,40}journalism\b.* | (?:donate|become\ a\ (?:member|subscriber|supporter))(?:\ (?:now|today|here|to)\b.*)?
    | (?:leave|post|add|write|view|show|read)\ (?:a\ |all\ |the\ )?comments?\b.* | have\ (?:a\ (?:story|tip)|you\ got\ a\ (?:story|tip))\b.*
    | (?:about\ )?\d+[\ -]min(?:ute)?s?(?:\ read)? | (?:reading|read)\ time\b.{0,20} | listen\ to\ (?:this|the)\ (?:article|story)\b.* | listen(?:\ \(\d.*)?
    | (?:back\ to\ top|home|menu|search|log\ ?in|sign\ in|register|cookie\ (?:policy|settings)|privacy\ policy|terms\ (?:of\ (?:use|service)|and\ conditions)|loading[.…]*)
    | https?://\S+
    )
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_PROMOTION_WORDS = 40
_OPENS_QUOTED = ("“", '"', "‘", "'", "«", "„")


def furniture(text: str) -> Kind | None:
    """Return which part of the page a line says it is, or None where its words do not tell."""
    if len(text) > LONGEST:
        return None
    for kind, says_so in _TESTS:
        if says_so(text):
            return kind
    return None


def is_byline(text: str) -> bool:
    """Tell whether a line says who wrote the article."""
    if _REPORTING.fullmatch(text) or _CONTRIBUTED.fullmatch(text) or _HANDLE.fullmatch(text):
        return True
    by = _BY.fullmatch(text)
    return bool(by and _names_only(by["who"]))


def authors(byline: str) -> tuple[str, ...]:
    """Return the names that a `By …` line gives, without what they are and where they write from."""
    by = _BY.fullmatch(byline)
    if not by or not _names_only(by["who"]):
        return ()
    names = []
    for part in re.split(r"\s*[,;|/&]\s*|\s+and\s+|\s+with\s+|\s+[–—-]\s+", by["who"], flags=re.IGNORECASE):
        name = re.split(r"\s+(?:in|for|at|of)\s+", part)[0].strip()
        if is_name(name):
            names.append(name.title() if name.isupper() else name)
    return tuple(dict.fromkeys(names))


def is_name(text: str) -> bool:
    """Tell whether a few words could be somebody's name: two to four of them, each with a capital."""
    words = text.split()
    capital = [word for word in words if re.fullmatch(_NAME, word)]
    small = [word for word in words if word not in capital]
    roles = any(re.fullmatch(_ROLE, word, re.IGNORECASE) for word in words)
    return 2 <= len(words) <= 5 and len(capital) >= 2 and not roles and all(re.fullmatch(_PARTICLE, w) for w in small)


def is_dateline(text: str) -> bool:
    """Tell whether a line holds only a date, a time, or the place and agency that a report comes from."""
    if len(text) > 120:
        return False
    if _HAS_WHEN.search(text) and _WHEN.fullmatch(text):
        return True
    if not _PLACE_START.match(text) or not _PLACE_LINE.fullmatch(text):
        return False
    return bool(_HAS_WHEN.search(text) or re.search(rf"{_AGENCY}|[—–-]$", text))


def is_caption(text: str) -> bool:
    """Tell whether a line describes a picture: it is labelled so, or ends with the picture's credit."""
    if _CAPTION_START.match(text) and len(text.split()) > 8:
        return True
    end = _CREDIT_END.search(text)
    return bool(end and len(text[: end.start()].split()) >= 3)


def is_credit(text: str) -> bool:
    """Tell whether a line says where a picture or the text comes from, and who holds its rights."""
    if (
        _SIGNATURE.fullmatch(text)
        or _END_MARK.fullmatch(text)
        or _RIGHTS.fullmatch(text)
        or _SOURCE_LINE.fullmatch(text)
    ):
        return True
    return bool(
        (_CREDIT_START.match(text) and len(text.split()) <= 25)
        or _CREDIT_END.search(text)
        or _CAPTION_START.match(text)
    )


def is_promotion(text: str) -> bool:
    """Tell whether a line asks the reader to sign up, follow, share or read something else."""
    if text.startswith(_OPENS_QUOTED) or len(text.split()) > _PROMOTION_WORDS:
        return False
    return bool(_PROMOTION.fullmatch(text))


def _names_only(text: str) -> bool:
    if len(text.split()) > 16 or re.search(r"[!?]$|(?<!Jr)(?<!Sr)(?<!\b[A-Z])\.$", text):
        return False
    return bool(_ONLY_NAMES.fullmatch(text.removesuffix(".")))


_TESTS = (
    ("promotion", is_promotion),
    ("byline", is_byline),
    ("dateline", is_dateline),
    ("caption", is_caption),
    ("credit", is_credit),
)
