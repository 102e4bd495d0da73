"""`tel:` and `vidphone:` links. Pure."""

from urllib.parse import unquote

from vidphone.account.numbers import digits_of

SCHEMES = ("tel", "vidphone")
MAX_LINK_CHARACTERS = 512


def number_of_link(link: str) -> str | None:
    """The number of a `tel:` (RFC 3966) or `vidphone:` link, parameters left out; None where it is no such link."""
    if len(link) > MAX_LINK_CHARACTERS:
        return None
    scheme, colon, rest = link.strip().partition(":")
    if not colon or scheme.lower() not in SCHEMES:
        return None
    return digits_of(unquote(rest.strip("/").split(";", 1)[0].split("?", 1)[0]).strip("/"))
