"""One request for a page: who asks, in which language, with what, and the ways to answer."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from vidphone.service.console import rendering
from vidphone.service.console.headers import TRANSIENT
from vidphone.service.console.parts import Console
from vidphone.service.console.sections import PREFIX
from vidphone.service.http.parts import Parts
from vidphone.service.staff.values import Session
from vidphone.texts import Language
from vidphone.wire.errors import ErrorCode, VidphoneError

SEE_OTHER = 303
THEMES = ("system", "light", "dark")


@dataclass
class Visit:
    """See the module. `at` is UTC seconds since 1970 of the machine, `now` those of the service's clock."""

    request: Request
    parts: Parts
    console: Console
    section: str
    session: Session | None
    language: Language
    theme: str
    origin: str
    """As the browser says it: `https://phone.example.com`."""
    secret: str
    """The cookie that the CSRF token is bound to."""
    at: float
    now: float
    body: bytes = b""
    form: Mapping[str, list[str]] = field(default_factory=dict)
    cookies: dict[str, str | None] = field(default_factory=dict)
    """To be set with the answer; None: to be taken away."""

    @property
    def staff(self) -> Session:
        """Who is signed in; a page with roles has somebody.

        Raises:
            VidphoneError: `NOT_SIGNED_IN`, nobody is.
        """
        if self.session is None:
            raise VidphoneError(ErrorCode.NOT_SIGNED_IN)
        return self.session

    @property
    def csrf(self) -> str:
        """What forms of this browser carry."""
        return csrf_token(self.secret)

    @property
    def path(self) -> Mapping[str, Any]:
        """The places of the path."""
        return self.request.path_params

    def query(self, name: str, most: int = 64) -> str:
        """A value of the query, cut; empty where there is none."""
        return self.request.query_params.get(name, "")[:most].strip()

    def field(self, name: str) -> str:
        """The first value of a field of the form; empty where there is none."""
        return (self.form.get(name) or [""])[0]

    def json(self) -> dict[str, Any]:
        """The body as an object of JSON.

        Raises:
            VidphoneError: `BAD_REQUEST`, it is none.
        """
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise VidphoneError(ErrorCode.BAD_REQUEST, {"detail": "body"})
        return found

    def words(self, key: str, **places: object) -> str:
        """The text `console.<key>`."""
        return rendering.words(self.language, key, **places)

    def page(self, template: str, status: int = 200, **values: object) -> Response:
        """A page."""
        return Response(rendering.render(self, template, values), status, media_type="text/html")

    def with_pictures(self, response: Response) -> Response:
        """A page with pictures in it that stand nowhere else."""
        response.headers[TRANSIENT] = "pictures"
        return response

    def go(self, path: str, done: str = "") -> Response:
        """On to another page, which says `console.done.<done>`."""
        query = f"?{urlencode({'done': done})}" if done else ""
        return RedirectResponse(f"{PREFIX}{path}{query}", SEE_OTHER)


def csrf_token(secret: str) -> str:
    """The token of forms for a cookie that no other site can read."""
    return hmac.new(secret.encode(), b"form", hashlib.sha256).hexdigest()
