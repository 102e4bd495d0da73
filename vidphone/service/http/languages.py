"""Which language a client reads (RFC 9110, 12.5.4)."""

from vidphone.texts import Language

MAX_ITEMS = 16
_OURS = frozenset(language.value for language in Language)


def preferred(accept_language: str | None) -> Language:
    """The language of an `Accept-Language` header; English where it names none of ours."""
    best, best_weight = Language.ENGLISH, 0.0
    for item in (accept_language or "").split(",")[:MAX_ITEMS]:
        tag, _, parameters = item.strip().partition(";")
        primary = tag.strip().lower().partition("-")[0]
        weight = _weight(parameters)
        if primary in _OURS and weight > best_weight:
            best, best_weight = Language(primary), weight
    return best


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return min(1.0, max(0.0, float(value)))
    except ValueError:
        return 0.0
