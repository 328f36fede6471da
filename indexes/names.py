"""Names as the library compares them: without case, accents and doubled spaces."""

import unicodedata


def folded(name: str) -> str:
    """Return a name as it is compared: `Ángel  D’Arcy` and `angel d'arcy` meet."""
    plain = unicodedata.normalize("NFKD", name.replace("’", "'"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())


def surname(name: str) -> str:
    """Return the last word of a name, folded."""
    return (folded(name).split() or [""])[-1]
