"""The console's cookies: for its own pages, unseen by scripts, never sent along from another site."""

from starlette.responses import Response

SESSION = "console"
VISIT = "console-visit"
"""Of who has not signed in: what the token of the sign-in form is bound to."""
LANGUAGE = "console-language"
THEME = "console-theme"
MIN_LENGTH, MAX_LENGTH = 32, 128
_YEAR_S = 31_536_000
_KEPT = frozenset({LANGUAGE, THEME})


def named(name: str, secure: bool) -> str:
    """The name of a cookie: over TLS no other site of the same domain can set one of it (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{name}" if secure else name


def put(response: Response, name: str, value: str | None, *, secure: bool) -> None:
    """Set a cookie, or take it away (None)."""
    response.set_cookie(
        named(name, secure),
        value or "",
        max_age=0 if value is None else _YEAR_S if name in _KEPT else None,
        path="/",
        secure=secure,
        httponly=True,
        samesite="strict",
    )
