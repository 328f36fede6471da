"""Units and currencies as newspapers write them, each under one name: "per cent" is "%", "bucks" are "$"."""

import re

_NAMED = {
    "%": "% percent pct per[\\s-]cent",
    "percentage point": "percentage[\\s-]points? pp",
    "basis point": "basis[\\s-]points? bps",
    "$": "(?:us[\\s-]|american\\s)?dollars? usd bucks?",
    "A$": "australian\\sdollars? aud",
    "C$": "canadian\\sdollars? cad",
    "HK$": "hong\\skong\\sdollars?",
    "NZ$": "new\\szealand\\sdollars?",
    "cent": "cents?",
    "£": "(?:british\\s)?pounds?(?:\\ssterling)? gbp",
    "penny": "p pence penny pennies",
    "€": "euros? eur",
    "yuan": "yuan rmb renminbi cny",
    "yen": "yen jpy",
    "rouble": "(?:russian\\s)?rou?bles? rub",
    "rupee": "(?:indian\\s)?rupees? inr",
    "franc": "(?:swiss\\s)?francs? chf",
    "krona": "kron(?:a|or|er|e) sek nok dkk",
    "won": "won krw",
    "millimetre": "millimet(?:re|er)s? mm",
    "centimetre": "centimet(?:re|er)s? cm",
    "metre": "met(?:re|er)s?",
    "kilometre": "kilomet(?:re|er)s? kms?",
    "mile": "miles?",
    "foot": "feet foot ft",
    "inch": "inch(?:es)?",
    "yard": "yards?",
    "square kilometre": "(?:square|sq\\.?)[\\s-](?:kilomet(?:re|er)s?|kms?) km2 km²",
    "square mile": "(?:square|sq\\.?)[\\s-]miles?",
    "square metre": "(?:square|sq\\.?)[\\s-](?:met(?:re|er)s?|m) m2 m²",
    "square foot": "(?:square|sq\\.?)[\\s-](?:feet|foot|ft)",
    "hectare": "hectares? ha",
    "acre": "acres?",
    "gram": "grams? g",
    "lb": "lbs?",
    "kilogram": "kilograms? kilos? kgs?",
    "ton": "tons?",
    "tonne": "tonnes? metric\\stons?",
    "litre": "lit(?:re|er)s?",
    "gallon": "gallons?",
    "barrel": "barrels?",
    "mph": "mph miles\\s(?:per|an)\\shour",
    "km/h": "km/h kmh kph kilomet(?:re|er)s\\s(?:per|an)\\shour",
    "kilowatt": "kilowatts? kw",
    "megawatt": "megawatts? mw",
    "gigawatt": "gigawatts? gw",
    "degree": "degrees?",
    "°C": "°\\s?c c degrees?\\s(?:celsius|centigrade) celsius",
    "°F": "°\\s?f degrees?\\sfahrenheit fahrenheit",
    "second": "seconds? secs?",
    "minute": "minutes? mins?",
    "hour": "hours? hrs?",
    "day": "days?",
    "night": "nights?",
    "week": "weeks?",
    "month": "months?",
    "year": "years? yrs?",
    "decade": "decades?",
    "century": "centur(?:y|ies)",
    "times": "times fold",
    "age": "years?[\\s-]olds? years?\\sof\\sage",
}
_SIGNS = {
    "$": "$", "us$": "$", "a$": "A$", "au$": "A$", "c$": "C$", "ca$": "C$", "hk$": "HK$", "nz$": "NZ$", "r$": "R$",
    "s$": "S$", "£": "£", "€": "€", "¥": "yen", "₹": "rupee", "₽": "rouble", "₩": "won", "usd": "$", "gbp": "£",
    "eur": "€", "jpy": "yen", "cny": "yuan", "rmb": "yuan", "inr": "rupee", "rub": "rouble", "chf": "franc",
    "aud": "A$", "cad": "C$",
}  # fmt: skip
_FORMS = sorted(((form, unit) for unit, forms in _NAMED.items() for form in forms.split(" ")), key=lambda f: -len(f[0]))
UNIT = "|".join(form if form == "%" else rf"{form}(?!\w)" for form, _ in _FORMS)
_PATTERNS = [(re.compile(form, re.IGNORECASE), unit) for form, unit in _FORMS]
_BETWEEN = (
    r"(?:more|further|long|consecutive|straight|successive|full|whole|additional|extra|other|calendar|working|short|"
    r"nautical|metric|different|solid|new|entire)"
)
TIME_UNITS = frozenset("second minute hour day night week month year decade century".split())
UNIT_BEHIND = rf"(?:[-\s]{_BETWEEN})?[-\s]?(?:{UNIT})"  # "5%", "5-day", "5 more days"
CURRENCIES = frozenset(_SIGNS.values())
CURRENCY = (
    r"(?:(?<![^\W\d_])(?:(?:us|au?|ca?|hk|nz|r|s)?\$|[£€¥₹₽₩]|"
    r"(?:usd|gbp|eur|jpy|cny|rmb|inr|rub|chf|aud|cad)(?=\s?\d))\s?"
    r"|(?<!\w)(?-i:[A-Z]{1,3}|Rs)\.?\s?(?=\d[\d.,]*\s?(?:million|billion|trillion|[mbt]n)\b))"
)


def unit_named(form: str | None) -> str:
    """Return the one name of a unit: "per cent" → "%"."""
    bare = re.sub(rf"^[-\s]*(?:of\s+)?(?:an?[-\s]+)?(?:{_BETWEEN}[-\s]+)?", "", form or "", flags=re.IGNORECASE)
    return next((unit for pattern, unit in _PATTERNS if bare and pattern.fullmatch(bare)), "")


def currency(sign: str) -> str:
    """Return the one name of a currency; one that nobody listed is its own: P1.2 trillion."""
    bare = sign.strip(" .\t\n\u00a0").lower()
    return _SIGNS.get(bare, bare.upper())
