"""Names as the library compares them: without case, accents and doubled spaces, and which words are forms of one."""

import unicodedata

from indexes.terms import terms
from indexes.wordlists import NATIONALITIES, PLACES

# Places and their people whose names do not begin alike, or are shortened; acronyms in capitals.
ONE_PLACE = tuple(
    tuple(group.split(","))
    for group in (
        "US,USA,united states,america,american,americans",
        "UK,united kingdom,britain,british,britons,briton",
        "UAE,united arab emirates,emirati,emiratis",
        "PRC,china,chinese",
        "DRC,dr congo,DR congo,democratic republic of congo,democratic republic of the congo,congolese",
        "north korea,north korean,north koreans,DPRK",
        "south korea,south korean,south koreans",
        "netherlands,holland,dutch",
        "czechia,czech,czechs",
        "kyiv,kiev",
        "kharkiv,kharkov",
        "odesa,odessa",
        "turkey,turkiye,turkish,turks",
        "myanmar,burma,burmese",
        "scotland,scottish,scots,scot",
        "england,english",
        "portugal,portuguese",
        "norway,norwegian,norwegians",
        "belgium,belgian,belgians",
        "switzerland,swiss",
        "greece,greek,greeks",
        "germany,german,germans",
        "france,french",
        "ireland,irish",
        "wales,welsh",
        "somalia,somali,somalis",
        "argentina,argentine,argentines,argentinian",
        "lebanon,lebanese",
        "thailand,thai,thais",
        "peru,peruvian,peruvians",
        "cyprus,cypriot,cypriots",
        "saudi arabia,saudi,saudis",
        "new zealand,new zealander,new zealanders",
        "niger,nigerien,nigeriens",
        "morocco,moroccan,moroccans",
        "poland,polish,poles",
        "denmark,danish,danes",
        "sweden,swedish,swedes",
        "finland,finnish,finns",
        "spain,spanish,spaniards",
        "serbia,serbian,serb,serbs",
        "croatia,croatian,croat,croats",
        "philippines,philippine,filipino,filipinos",
    )
)
_DIFFERENT = frozenset(
    frozenset(pair.split())
    for pair in (
        "niger nigeria",
        "niger nigerian",
        "niger nigerians",
        "liberal liberia",
        "india indiana",
        "georg georgia",
    )
)
_GEOGRAPHY = PLACES | NATIONALITIES
_GEOGRAPHY |= {stem for word in _GEOGRAPHY for stem in terms(word)}
# Endings of words, and of their stems: chines(e), europ(e)an.
_OF_PEOPLES = frozenset("n an ean ian es ese ish i ic s ns ans ians is er ers".split())
_OF_COUNTRIES = frozenset(("", "a", "e", "y", "o", "ia", "en"))
_OF_FOLLOWERS = frozenset("al ional ian ians ist ists ism ic ics ite ites".split())


def folded(name: str) -> str:
    """Return a name as it is compared: `Ángel  D’Arcy` and `angel d'arcy` meet."""
    plain = unicodedata.normalize("NFKD", name.replace("’", "'"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())


def surname(name: str) -> str:
    """Return the last word of a name, folded."""
    return (folded(name).split() or [""])[-1]


def same_name(a: str, b: str) -> bool:
    """Tell whether two words, folded or stemmed, are forms of one name.

    Norway and Norwegian, Keynes and Keynesian are; Marta and Martin, Greece and Greenland, Niger and Nigeria are not.
    """
    if a == b or b in other_names(a):
        return True
    if frozenset((a, b)) in _DIFFERENT:
        return False
    short, long = sorted((a, b), key=len)
    shared = next((i for i, letter in enumerate(short) if letter != long[i]), len(short))
    left, right = short[shared:], long[shared:]
    if {a.removesuffix("s"), b.removesuffix("s")} & _GEOGRAPHY:
        people = left in _OF_COUNTRIES and right in _OF_PEOPLES
        return shared >= 3 and (people or (not left and right in ("ia", "stan", "istan")))
    return shared >= 5 and not left and right in _OF_FOLLOWERS


def other_names(word: str) -> frozenset[str]:
    """Return what else a place and its people are called, in one word each: folded, and stemmed."""
    return _OTHER_NAMES.get(word, frozenset())


def _forms(group: tuple[str, ...]) -> frozenset[str]:
    words = [name for name in group if " " not in name]
    return frozenset(folded(word) for word in words) | {stem for word in words for stem in terms(word)}


_OTHER_NAMES: dict[str, frozenset[str]] = {}
for _group in (*ONE_PLACE, ("UK", "kingdom")):
    for _form in _forms(_group):
        _OTHER_NAMES[_form] = _OTHER_NAMES.get(_form, frozenset()) | _forms(_group)
