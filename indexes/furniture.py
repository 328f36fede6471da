"""What a line says it is, by its words alone: byline, dateline, caption, credit, promotion, correction.

These are the parts of a page that are not the article's own text. Nothing here looks at the lines around a line
(paragraphs.py does), and nothing here is sure of much: a rule that could take a sentence of the article for
furniture is left out, because what is not body cannot be cited.
"""

import re
from collections.abc import Callable

from indexes.article import Kind

LONGEST = 500  # characters: a longer line is never furniture

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day|\.)?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?\b"
_DATE = (
    rf"(?:(?:{_MONTH}\s+{_DAY}|{_DAY}\s+(?:of\s+)?{_MONTH})(?:,?\s+\d{{4}})?|{_MONTH}\s+\d{{4}}"
    r"|\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?|\d{1,2}[./]\d{1,2}[./]\d{2,4})"
)
_TIME = r"(?:\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\s*[ap]\.?m\b\.?)?|\d{1,2}\s*[ap]\.?m\b\.?|noon\b|midnight\b)"
_ZONE = (
    r"\(?(?:gmt|utc|bst|cet|cest|est|edt|et|cst|cdt|ct|pst|pdt|pt|mst|ist|jst|msk|aest|aedt)\b"
    r"(?:\s*[+-]\d+(?::?\d\d)?)?\)?"
)
_AGO = r"(?:an?|\d+)\s+(?:minutes?|mins?|hours?|hrs?|days?|weeks?|months?)\s+ago"
_WHEN_LABEL = r"(?:(?:first\s+)?published|(?:last\s+)?(?:updated|modified)|posted|created|date(?:d)?|on|at)\b:?"
_WHEN_PART = rf"(?:{_WHEN_LABEL}|{_WEEKDAY}\b|{_DATE}|{_TIME}|{_ZONE}|{_AGO}|[,;|·•/()–—-])"
# Possessive ("++"), as everything here that repeats a choice: a hostile line must not take exponential time.
_WHENS = rf"(?:{_WHEN_PART}\s*)++"
_WHEN = re.compile(_WHENS, re.IGNORECASE)
_WHEN_AROUND = re.compile(rf"^{_WHENS}(?=\bby\b)|\s(?:[|·•–—-]|on\b|at\b)\s*{_WHENS}$", re.IGNORECASE)
_HAS_WHEN = re.compile(rf"{_DATE}|{_TIME}|{_AGO}|{_WEEKDAY}\b|^(?:published|updated|posted):?$", re.IGNORECASE)

_PLACE = r"[A-ZÀ-Þ][A-ZÀ-Þ.’'-]+(?: [A-ZÀ-Þ][A-ZÀ-Þ.’'-]+){0,3}"  # LONDON, NEW YORK, SÃO PAULO
_AGENCY = r"\([A-Z][\w .&/-]{1,30}\)"
_PLACE_LINE = re.compile(
    rf"{_PLACE}(?:,\s*(?:[A-Z][\w.]+\s?){{1,3}}+)?,?\s*(?:{_DATE})?\s*(?:{_AGENCY})?\s*[—–-]{{0,2}}", re.IGNORECASE
)
_PLACE_START = re.compile(_PLACE)

_NAME = r"(?:[A-ZÀ-Þ][\w’'.-]*|d[’'][A-Z]\w+)"
_PARTICLE = r"(?:de|del|della|da|di|du|la|le|van|von|der|den|ter|bin|bint|ibn|al|el|y|e|of|the|for|in|at|and|with|&)"
_ROLE = (
    r"(?:staff|senior|chief|political|diplomatic|foreign|economics?|business|health|science|environment|education|"
    r"technology|sports?|home|world|defen[cs]e|security|legal|crime|religious|affairs|special|national|"
    r"writers?|reporters?|correspondents?|editors?|contributors?|columnists?|producers?|agenc(?:y|ies)|desk|our|own)"
)
_NAME_PART = re.compile(rf"{_NAME}|(?:{_PARTICLE})|(?:{_ROLE})")
_BETWEEN_NAMES = re.compile(r"\s*[,|/]\s*|\s+(?:[–—-]\s+)?")
_BY = re.compile(
    r"(?:(?:written|words|story|text|report|reported|analysis|review|compiled|edited|interview)\s+)?by:?\s+(?P<who>.+)",
    re.IGNORECASE,
)
_STAFF = (
    # (Reporting by Jane Doe in London; editing by John Smith)
    r"\(?(?:additional |further )?(?:reporting|writing|editing|compiled|written|edited|produced|translated)"
    r"(?: and (?:reporting|writing|editing))? by\b.{2,300}",
    # Associated Press writer Jane Doe in Kyiv contributed to this report.
    r"(?-i:[A-Z]).{3,200}\bcontributed (?:reporting|to this (?:report|story|article))\b[^.]*\.?\)?",
    # Doe reported from Kyiv, Smith from London.   Doe reported from Kyiv. John Smith contributed.
    r"(?-i:[A-Z][\w’' .-]{1,60}) reported from (?-i:(?:[A-Z][\w.’-]*,? (?:and |from )?){0,8}[A-Z][\w’-]*)\.?"
    r"(?: .{3,200}\bcontributed\b.{0,30})?",
    # jane.doe@daily.example, @janedoe
    r"[\w.+-]+@[\w-]+\.[\w.-]+|@\w{2,30}",
)

_MEDIUM = (
    r"(?:photo(?:graph)?|picture|pic|image|illustration|graphic|video|artwork|cartoon|map|chart|file photo|ap photo)s?"
)
_MADE = r"(?:\s*(?:credits?|courtesy(?: of)?|source|provided by|supplied by|taken by|by))"
_LABEL = rf"(?i:(?:{_MEDIUM}{_MADE}?|(?:text|content|story|article|report)\s+courtesy|courtesy|credits?)\s*[:/©])"
_STOCK = (
    r"(?:Getty Images|Getty|AFP|EPA(?:-EFE)?|Shutterstock|iStock|Alamy(?: Stock Photo)?|PA Media|PA Wire|PA|AP|"
    r"Associated Press|Reuters|REUTERS|Bloomberg|Anadolu|Xinhua|Unsplash|Pixabay|Wikimedia(?: Commons)?|Flickr)"
)
_WIRE = rf"(?:{_STOCK}|IBNS|PTI|ANI|IANS|dpa|TASS|Interfax|Voice of America|VOA|BBC(?: News)?)"
_PICTURE_CREDIT = (
    # The mayor on Monday. (AP Photo/Jane Doe)   The mayor on Monday. [Jane Doe/AFP via Getty Images]
    rf"[(\[]\s*(?:{_LABEL}|(?:{_STOCK}\s+)?(?i:{_MEDIUM})\s*(?i:by|credit|courtesy|via|/)|{_STOCK}\s*[/|]|{_STOCK}\s+via\s)"
    r"[^()]*[)\]]",
    # The mayor on Monday. Photo courtesy: Jane Doe   The bridge Image: Jane Doe
    rf"(?:[.!?”\"’)]|\s[|–—-])\s+{_LABEL}\s*[^.!?]{{2,80}}",
    rf"(?:^|[\s(])(?=[A-Z])(?i:{_MEDIUM}{_MADE}?)\s*[:©]\s*[A-Z][^.!?:]{{2,60}}",
    rf"[.!?”\"’)]\s+(?i:{_MEDIUM}\s+(?:by|courtesy(?:\s+of)?))\s+[A-Z][^.!?]{{2,60}}",
    # The mayor on Monday. Jane Doe/AFP/Getty Images   The mayor on Monday. REUTERS/Jane Doe
    rf"\s(?:[A-Z][\w.’'-]+\s){{0,4}}[A-Z][\w.’'-]+\s?/\s?{_STOCK}(?:/{_STOCK}|\s+via\s+{_STOCK})*",
    r"\bREUTERS/[A-Z][\w .’'-]{2,50}",
    r"[.!?”\"]\s+(?:Getty Images|Shutterstock|Alamy|PA Media|iStock)",
    r"\(?(?i:file (?:photo|image|picture))\)?",
)
_PICTURE_CREDIT_END = re.compile(rf"(?:{'|'.join(_PICTURE_CREDIT)})[.)\]]*$")
_CAPTION_LABEL = re.compile(
    r"FILE(?: PHOTO| PICTURE| IMAGE)?\s*[-–—:]\s*\S"
    rf"|(?i:caption|pictured(?: above| below)?|{_MEDIUM}(?: caption)?)\s*:\s*\S"
    r"|(?i:image|media) caption,?\s+\S"
    rf"|\[(?i:{_MEDIUM})\b[^]]*\]$"
)
_CREDIT_LABEL = re.compile(
    rf"[(\[]?\s*(?:{_LABEL}|(?i:{_MEDIUM}\s+courtesy(?: of)?\s|image source,|courtesy of\s)|©|\(c\)\s)"
)
_CREDITS = (
    # Photos by Jane Doe
    rf"{_MEDIUM} by (?-i:[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+){{0,4}}(?:/[\w /]+)?)\.?",
    # Reuters   — AFP   (IBNS/VOA)
    rf"(?-i:[(\[—–-]*\s*{_WIRE}(?:/[\w ]+)*\s*[)\]]*\.?)",
    # -ENDS-   ###   (END)
    r"-+\s*(?:ends?|30|more)\s*-+|#{2,}|(?-i:ENDS)|\((?:end|more)\)",
    # © 2025 The Daily   Copyright 2025. All rights reserved.
    r"(?:\(c\)|©|copyright (?:\d{4}|©|\(c\))).{0,300}|.{0,200}\ball rights reserved\b.{0,200}",
    # This article is republished from The Conversation under a Creative Commons licence.
    r"\(?this (?:article|story|piece|copy)\b.{0,40}\b(?:originally (?:published|appeared)|(?:is|was) republished"
    r"|first (?:appeared|published)|published (?:from a|under a|with permission)|not been edited by)\b.{0,300}",
    # (With inputs from agencies)   Source: World Bank
    r"\(?with (?:inputs?|reporting|files|additional reporting) (?:from|by)\b[^.]{2,80}\.?\)?",
    r"\(?(?:sources?|via)\s*:\s*[^.!?]{2,80}\)?",
)

_SITES = r"(?:twitter|x|facebook|instagram|threads|bluesky|linkedin|telegram|google news|social media|whatsapp|youtube)"
_STORIES = r"(?:stories|articles?|news|content|coverage|topics?|links?|reading|videos?)"
_PROMOTIONS = (
    r"sign up (?:for|to) (?:our|get|receive|[^.]{0,60}\b(?:newsletters?|briefing|emails?|alerts?|updates))\b.*",
    r"sign up(?: here| now| today)?|sign up to (?-i:[A-Z])[^.,]*",
    r"subscribe(?: (?:to|now|today|here|for)\b.*)?",
    r"(?:read|see|watch|listen|hear) (?:more|also|next|now|the full (?:story|article))"
    r"(?:\s*[:|–—-].*| (?:on|about|from|in|at)\b[^.]*| here\b.*)?",
    r"(?:also (?:read|see|watch)|read|see|watch|listen|more|related|recommended|don[’']t miss|up next)\s*[:|] ?.*",
    rf"(?:related|recommended|more|other|latest|top|popular|trending|most (?:read|viewed|popular)) {_STORIES}[:.]?",
    r"related|most read|most viewed|recommended(?: for you)?|trending(?: now)?|you (?:may|might) also like.*",
    r"editor[’']?s[’']? picks?|more (?:on this (?:story|topic)|stories like this|from (?-i:[A-Z])[\w ]{1,30})[:.]?",
    rf"follow (?:us|our|@\w+)\b.*|follow .{{2,50}} on {_SITES}\b.*",
    r"(?:like|find|join|contact|email|e-mail) us(?: (?:at|on|via|here|for|with|by)\b.{0,120})?",
    r"join (?:our|the conversation)\b.*",
    r"advertisements?|advertising|sponsored(?: content)?|promoted(?: content)?|paid (?:post|content)|ad",
    r"(?:advertisement|story|article|post|content) (?:continues?|resumes?) (?:below|after|reading)\b.*",
    r"(?:scroll|swipe) (?:down )?(?:to continue|for more)\b.*|continue reading\b.*|skip (?:past|to|advert)\b.*",
    r"after newsletter promotion|(?:our )?newsletters?(?: (?:sign-?up|promotion))?",
    rf"share(?: (?:this|via|the (?:article|story))\b.{{0,60}}| (?:on )?{_SITES})?:?",
    r"tweet|print|email|e-mail|save|bookmark|copy link|comments?|reply|\d+ comments?|\d+ shares?",
    r"(?:click|tap) (?:here|to (?:read|share|watch|see|subscribe|listen|enlarge|open|view))\b.*",
    r"download (?:our|the) .{0,30}\bapp\b.*|get (?:our|the|all) .{0,60}\b(?:newsletters?|inbox|app|alerts)\b.*",
    r"(?:the|our|your) .{2,60}\b(?:straight|delivered|sent) (?:directly )?(?:in)?to your inbox\b.*",
    r"support (?:our|independent|quality|local) .{0,40}journalism\b.*",
    r"donate(?: (?:now|today|here))?|become a (?:member|subscriber|supporter)\b.{0,60}",
    r"(?:leave|post|add|write|view|show|read) (?:a |all |the )?comments?\b.{0,60}",
    r"(?:do you )?have (?:a (?:story|tip)|you got a (?:story|tip))\b.*",
    r"(?:about )?\d+[ -]min(?:ute)?s?(?: read)?|(?:reading|read) time\b.{0,20}",
    r"listen to (?:this|the) (?:article|story)\b.{0,40}|listen(?: \(\d.*)?",
    r"back to top|home|menu|search|log ?in|sign in|register|loading[.…]*",
    r"(?:cookie|privacy) (?:policy|settings|notice)|terms (?:of (?:use|service)|and conditions)",
    r"(?:topics?|tags?|keywords?|categor(?:y|ies)|filed under)\s*: [^.!?]{2,120}",
    r"https?://\S+",
)
_PROMOTION_WORDS = 40

# An article speaks of itself only where it is corrected, or where it says who may print it.
_WORKS = (
    r"article|story|piece|column|headline|caption|item|dispatch|obituary|review|editorial|op-ed|essay|interview|"
    r"explainer|newsletter|post|page"
)
_ITSELF = rf"this (?:[\w.,’']+ ){{0,4}}?(?:{_WORKS})\b"
_THIS_REPORT = rf"(?:{_ITSELF}|this report\b)"  # which may be one that the article is about
_EARLIER = r"(?:earlier|previous|prior|original|first|initial)"
_PART_OF_IT = (
    r"(?:(?:sub|picture |photo )?(?:headline|heading|caption|map|chart|graphic|table|summary|standfirst|photograph))"
)
_CORRECTION_NOUN = r"(?:corrections?(?:(?: and | & |/)clarifications?)?|clarifications?|corrected|errat(?:um|a))"
_CORRECTION_LABEL = rf"{_CORRECTION_NOUN}(?:\s*+(?:notice|note|appended|issued|{_WHEN_PART}))*+\s*:"
_NOTE_LABEL = (
    r"(?:(?:the )?(?:editor|publisher|author)s?[’']?s?[’']? note|notes?(?: to (?:our )?readers)?|updated?|footnote)"
    rf"(?:\s*+{_WHEN_PART})*+\s*[:.]"
)
_NOTES = (
    # An earlier version of this article misstated …   In an earlier version of the headline of this story, …
    rf"(?:in )?(?:an?|the) {_EARLIER} (?:\w+ )?version of (?:the )?(?:{_PART_OF_IT} (?:to|of|on|in|for|with) )?"
    rf"{_THIS_REPORT}",
    rf"(?:in )?(?:an?|the) {_PART_OF_IT} (?:\w+ ){{0,3}}?(?:to|of|on|in|for|with|accompanying) "
    rf"(?:an {_EARLIER} version of )?{_ITSELF}",
    # This article was amended on 3 March 2025 to correct …   This Nov. 3 story has been corrected to …
    rf"{_ITSELF} (?:was|has been|has since been|is)(?: \w+ly)? "
    r"(?:updated|amended|corrected|changed|edited|revised|modified|clarified)\b",
    rf"{_ITSELF} (?:was|has been) (?:first |originally )?published .{{2,60}}?\. It (?:was|has(?: since)? been) "
    r"(?:updated|amended|corrected|changed|edited)\b",
    # This story originally said …   This piece misspelled …
    rf"{_ITSELF} (?:originally|previously|initially|incorrectly|wrongly|mistakenly|erroneously|inaccurately|at first) "
    r"\w",
    rf"{_ITSELF} (?:misstated|misspell?ed|misspelt|misidentified|misattributed|misquoted)\b",
    # Because of an editing error, this article …
    rf"(?:because of|due to|owing to|as a result of) an? (?:\w+ ){{1,3}}error,? [^.]{{0,80}}?{_THIS_REPORT}",
    r"this version (?:corrects|clarifies)\b",
    # (Corrects spelling of the name in paragraph 3)
    r"(?<=\()(?:corrects|clarifies)\b",
)
_ERROR = re.compile(
    r"\b(?:mis(?:stat|spel|identif|attribut|quot|character|report|represent|nam|dat|calculat|translat|label)\w*|"
    r"(?:in)?correct(?:s|ed|ly|ion|ing)?|wrong(?:ly)?|mistake\w*|erroneous\w*|inaccura\w*|errors?|clarif\w+|amended|"
    r"omitted|in fact|should (?:have|read|be)|typos?|rather than|instead of)\b|,? (?:and )?not\b",
    re.IGNORECASE,
)
_SAID_EARLIER = re.compile(
    rf"\b{_EARLIER} (?:\w+ )?version(?: of this (?:\w+ ){{0,2}}?(?:{_WORKS}))?\b(?:,[^.]{{1,80}}?)?(?: had)? "
    r"(?:said|stated|was given|gave|described|referred|suggested|named|listed|attributed|contained|implied|identified|"
    r"claimed|failed|quoted|put)\b"
    rf"|^\W*this (?:{_WORKS}) (?:originally|previously|initially|at first) \w",
    re.IGNORECASE,
)
_SPOKEN = re.compile(
    r",[”\"’]? (?:he|she|they|the [\w ]{2,30}|[A-Z][\w’'. -]{1,40}) (?:said|says|told [\w ]{2,30}|added)\.?[”\"]?$"
)
_LONGEST_CORRECTION = 1500  # characters
_CORRECTION_WORDS = 4  # a label followed by fewer corrects nothing
_OPENS_QUOTED = ("“", '"', "‘", "'", "«", "„")
_OUTLET = re.compile(r"^(?:The|Associated)\b|\b(?:News|Press|Times|Post|Agency|Reuters|AFP)\b")
_BULLET = r"(?:[▶►»>*•–—-]+\s*)?"


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(patterns)})", re.IGNORECASE | re.DOTALL)


_STAFF_LINE = _any_of(*_STAFF)
_CREDIT_LINE = _any_of(*_CREDITS)
_LABELLED_CORRECTION = re.compile(rf"[(\[*_•\s]*{_CORRECTION_LABEL}", re.IGNORECASE)
_CORRECTION_HEADING = re.compile(rf"{_CORRECTION_NOUN}(?:\s*+{_WHEN_PART})*+:?", re.IGNORECASE)
_NOTE = re.compile(
    rf"[(\[*_•\s]*(?:{_NOTE_LABEL}|{_CORRECTION_NOUN}\s?[.:—–-])?[(\[*_\s]*(?:{'|'.join(_NOTES)})", re.IGNORECASE
)
_REGRET = re.compile(
    r"(?:we|the) (?:[A-Z][\w’' ]{2,40} )?(?:regrets?|apologi[sz]es? for) (?:the|this|any) (?:error|mistake)s?\.?",
    re.IGNORECASE,
)
_PROMOTION_LINE = re.compile(rf"{_BULLET}(?:{'|'.join(_PROMOTIONS)})", re.IGNORECASE | re.DOTALL)


def furniture(text: str) -> Kind | None:
    """Return which part of the page a line says it is, or None where its words do not tell."""
    if is_correction(text):
        return "correction"
    if len(text) > LONGEST:
        return None
    for kind, says_so in _TESTS:
        if says_so(text):
            return kind
    return None


def is_byline(text: str) -> bool:
    """Tell whether a line says who wrote the article."""
    return bool(_STAFF_LINE.fullmatch(text)) or _writers(text) is not None


def authors(byline: str) -> tuple[str, ...]:
    """Return the names that a `By …` line gives, without what they are and where they write from."""
    names = []
    for part in re.split(
        r"\s*[,;|/&]\s*|\s+and\s+|\s+with\s+|\s+[–—-]\s+", _writers(byline) or "", flags=re.IGNORECASE
    ):
        name = re.split(r"\s+(?:in|for|at|of)\s+", part)[0].strip()
        if is_name(name) and not _OUTLET.search(name):
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
    if text.startswith(_OPENS_QUOTED):
        return False
    if _CAPTION_LABEL.match(text) and len(text.split()) > 8:
        return True
    credit = _PICTURE_CREDIT_END.search(text)
    return bool(credit and len(text[: credit.start()].split()) >= 3)


def is_credit(text: str) -> bool:
    """Tell whether a line says where a picture or the text comes from, and who holds its rights."""
    if text.startswith(_OPENS_QUOTED):
        return False
    if _CREDIT_LINE.fullmatch(text) or _PICTURE_CREDIT_END.search(text) or _CAPTION_LABEL.match(text):
        return True
    return bool(_CREDIT_LABEL.match(text) and len(text.split()) <= 12)


def is_promotion(text: str) -> bool:
    """Tell whether a line asks the reader to sign up, follow, share or read something else."""
    if text.startswith(_OPENS_QUOTED) or len(text.split()) > _PROMOTION_WORDS:
        return False
    return bool(_PROMOTION_LINE.fullmatch(text))


def is_correction(text: str) -> bool:
    """Tell whether a note says what was wrong in the article: it is labelled so, or speaks of the article itself."""
    if len(text) > _LONGEST_CORRECTION or text.startswith(_OPENS_QUOTED):
        return False
    label = _LABELLED_CORRECTION.match(text)
    if label and len(text[label.end() :].split()) >= _CORRECTION_WORDS:
        return True
    return bool(_NOTE.match(text) and says_what_was_wrong(text) and not _SPOKEN.search(text))


def is_labelled_only(text: str) -> bool:
    """Tell whether nothing but its label makes a line a correction: in a glossary it is none."""
    return bool(_LABELLED_CORRECTION.match(text)) and not says_what_was_wrong(text[len("correction") :])


def heads_corrections(text: str) -> bool:
    """Tell whether a line is the heading "Correction", or "Corrections and clarifications"."""
    return bool(_CORRECTION_HEADING.fullmatch(text))


def says_what_was_wrong(text: str) -> bool:
    """Tell whether a text speaks of an error, or of what an earlier version said."""
    return bool(_ERROR.search(text) or _SAID_EARLIER.search(text))


def is_regret(text: str) -> bool:
    """Tell whether a line is the "We regret the error." that stands below a correction."""
    return bool(_REGRET.fullmatch(text))


def _writers(text: str) -> str | None:
    """Return what follows the "By" of a byline, without the date that may stand beside it."""
    by = _BY.fullmatch(_WHEN_AROUND.sub("", text))
    return by["who"] if by and _names_only(by["who"]) else None


def _names_only(text: str) -> bool:
    """Tell whether a text holds nothing but names, what joins them, and what these people are."""
    if len(text.split()) > 16 or re.search(r"[!?]$|(?<!Jr)(?<!Sr)(?<!\b[A-Z])\.$", text):
        return False
    parts = _BETWEEN_NAMES.split(text)
    return bool(re.match(_NAME, text)) and all(map(_NAME_PART.fullmatch, parts))


_TESTS: tuple[tuple[Kind, Callable[[str], bool]], ...] = (
    ("promotion", is_promotion),
    ("byline", is_byline),
    ("dateline", is_dateline),
    ("caption", is_caption),
    ("credit", is_credit),
)
