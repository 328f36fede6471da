"""Which word of a sentence does its source not say, in any form or likeness?

Support looks at a sentence as a whole, and one invented verb hides in it: "The ferry sank." Here every content word
has to have a partner of its own. Figures, quoted words, a "not" and who speaks are tested elsewhere.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import takewhile

from indexes.sentences import Span
from indexes.terms import terms
from rag.support import Source, Statement, nearness

# How near a content word that the source does not have must come to some word piece of the span (cosine in context).
# Set on development data, November 2026: one verb, noun or adjective of a true sentence (by a tagger) replaced by one
# from elsewhere that its passage and headline lack, in answers of clapnq and in squad2's and our sample articles' own
# sentences, whole and cut to three to six content words; 3,257 in all. Released without this test: verbs .82, nouns
# .63, adjectives and adverbs .72 (short sentences .73, .45, .60). With it: .14, .04 and .15 (short .10, .03, .09),
# together .095 instead of .677. Of true sentences .901 of clapnq instead of .941 (short .970 instead of .985); of
# squad2's own .990 and of the samples' own .969, both as without it (short .994, .991). expertqa-claims, which are
# freely worded: "Complete" .127 instead of .399, "Incomplete" .044 instead of .175. The smallest threshold that
# releases less than a tenth, cross-validated eight-fold over passages: .50 each time, .095 and
# .901.
# At .40 it is .188 of the changed ones, .919 of clapnq, .230 "Complete"; at .45 .132, .913, .159; at .55 .069, .901,
# .109. A word taken from the same paragraph is out of its reach (.84 released, .85 without it). More light words bring
# little: with some hundred further ones .17 of the changed and .15 "Complete".
MEANT = 0.5
KIN = 0.35  # the same for a word that begins like one of the source: "moving", "movement"

# Words that claim little by themselves.
_LIGHT = frozenset(
    stem
    for word in """accord actual addition also although behind case certain consider continue describe due eventually
    example field furthermore give happen however idea include instead kind like may mention might moreover overall
    place refer term therefore thing thus type various way well yet""".split()
    for stem in terms(word)
)

_FAMILIES = """
arise arose arisen|bear bore borne born birth|beat beaten|become became|begin began begun|bend bent|bind bound|
bite bit bitten|bleed bled|blow blew blown|break broke broken|breed bred|bring brought|build built|burn burnt|
buy bought|catch caught|choose chose chosen choice|cling clung|come came|creep crept|deal dealt|dig dug|
draw drew drawn|drink drank drunk|drive drove driven|eat ate eaten|fall fell fallen|feed fed|feel felt|
fight fought|find found|flee fled|fly flew flown flight|forbid forbade forbidden|forget forgot forgotten|
forgive forgave forgiven|freeze froze frozen|get got gotten|give gave given gift|go went gone|
grow grew grown growth|hang hung|hear heard|hide hid hidden|hold held|keep kept|know knew known|lay laid|
lead led|leap leapt|learn learnt|leave left|lend lent|lie lay lain|light lit|lose lost loss|make made|
mean meant|meet met|mistake mistook mistaken|overcome overcame|pay paid|prove proven proof|ride rode ridden|
ring rang rung|rise rose risen|run ran|see saw seen sight|seek sought|sell sold sale|send sent|
shake shook shaken|shine shone|shoot shot|show shown|shrink shrank shrunk|sing sang sung song|sink sank sunk|
sit sat|sleep slept|slide slid|speak spoke spoken speech|speed sped|spend spent|spin spun|spring sprang sprung|
stand stood|steal stole stolen|stick stuck|strike struck stricken|strive strove|swear swore sworn|sweep swept|
swell swollen|swim swam swum|swing swung|take took taken|teach taught|tear tore torn|tell told|think thought|
throw threw thrown|undergo underwent undergone|understand understood|wake woke woken|wear wore worn|
weave wove woven|weep wept|win won|wind wound|withdraw withdrew withdrawn|withstand withstood|
write wrote written|man men|woman women|child children|foot feet|tooth teeth|mouse mice|person people|
life lives|die dead death|high height|long length|strong strength|wide width|deep depth|weigh weight|
believe belief|succeed success|advise advice|pursue pursuit|young youth|true truth|hot heat|able ability|
decide decision|good better best|bad worse worst|far further farther
"""


# Words of which reports put one for the other.
_SYNONYMS = """
begin start commence|end finish conclude stop cease|close shut|buy purchase acquire|help assist aid support|
big large huge great|show reveal demonstrate indicate|use employ|ask request|get receive obtain|
build construct erect|need require must necessary|expensive dear costly|rise increase climb grow|
fall drop decline decrease|fast quick rapid swift|happen occur|allow permit|forbid ban prohibit|refuse decline|
nearly almost|about approximately roughly|often frequent|usually normally typically generally|
mainly mostly primarily chiefly|choose select pick|try attempt|produce make create|change alter|leave depart|
arrive reach|answer reply respond|small little|whole entire|many numerous|important significant|
because due cause|main major chief|former previous|film movie|firm company|job work|house home|child kid|
ship boat vessel|road street|cost price|join enter|praise welcome|remain stay keep|found establish|
injure wound hurt|doctor physician|lawyer attorney|law legislation|worker employee|car vehicle|talk speak|
live reside|hold contain|biggest largest|bring carry transport|give provide supply|enough sufficient|
agreement deal accord|election poll vote|prove show|decrease reduce cut|improve better|repair mend fix|
damage harm|demand call require
"""


def _by_stem(groups: str) -> Mapping[str, frozenset[str]]:
    families: dict[str, frozenset[str]] = {}
    for line in groups.replace("\n", "|").strip("|").split("|"):
        stems = frozenset(stem for word in line.split() for stem in terms(word))
        families |= {stem: families.get(stem, frozenset()) | stems for stem in stems}
    return families


_FAMILY, _MEANING = _by_stem(_FAMILIES), _by_stem(_SYNONYMS)


def forms(stem: str) -> frozenset[str]:
    """Return the stems that a word has in its irregular forms, its own among them: sank, sunk and sink."""
    return _FAMILY.get(stem, frozenset((stem,)))


def _others(stem: str) -> frozenset[str]:
    """Return the stems of all forms of a word and of its synonyms."""
    own = forms(stem)
    synonyms = frozenset(other for one in own for other in _MEANING.get(one, ()))
    return own.union(*(forms(other) for other in synonyms))


def strange_word(
    text: str, told: Statement, source: Source, span: Span, said: frozenset[str], exempt: Iterable[str] = ()
) -> str | None:
    """Return the first content word of a text that a span of its source bears out by no word; None where all are.

    `said` are the stems of everything that a reader knows; the stems in `exempt` are tested elsewhere.
    """
    passing = said | _LIGHT | frozenset(exempt)
    near = nearness(told, source, span)
    for word, cosine in zip(told.terms, near, strict=True):
        if cosine >= MEANT or word.stem in passing or word.stem[0].isdigit() or _others(word.stem) & said:
            continue
        if cosine < KIN or not any(_kin(word.stem, other) for other in said):
            return text[word.start : word.end]
    return None


@lru_cache(maxsize=100_000)
def _kin(one: str, other: str) -> bool:
    """Tell whether two stems begin so much alike that they are one word's: organis and organiz, move and movement."""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    longer = max(len(one), len(other))
    whole = same == min(len(one), len(other))
    return (same >= 5 and same >= 0.75 * longer) or (same >= 4 and whole and same >= 0.55 * longer)
