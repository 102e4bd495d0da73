"""What every answer of the console tells browsers: whose scripts run, who may frame it, what is kept of it."""

from starlette.responses import Response

TRANSIENT = "x-console-answer"
"""Set by a page for `protect` alone, and never sent."""
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'{pictures}; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # stricter, browsers would send forms without their origin
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex",
}


def protect(response: Response, *, kept: bool = False) -> Response:
    """Set the headers; `kept`: it is a file of the program, and may be kept until it changes."""
    pictures = ""
    if TRANSIENT in response.headers:
        del response.headers[TRANSIENT]
        pictures = " data:"
    response.headers.update(HEADERS)
    response.headers["Content-Security-Policy"] = _POLICY.format(pictures=pictures)
    response.headers["Cache-Control"] = "no-cache" if kept else "no-store"
    return response
