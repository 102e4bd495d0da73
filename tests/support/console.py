"""The console over a real database, in the process of the test, and a browser without scripts in front of it."""

import re
import time
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

import httpx
import pyotp
from sqlalchemy import Engine

from tests.support.offer import write_offer
from vidphone.service.clock import SystemClock
from vidphone.service.composition import build_parts
from vidphone.service.config import read_config
from vidphone.service.http.app import build_app
from vidphone.service.http.parts import Parts
from vidphone.service.staff.roles import Role
from vidphone.service.staff.values import Way
from vidphone.service.store.engine import open_database, writing

ORIGIN = "http://localhost:8420"
PASSWORD = "a long enough password"
GENEROUS = "\n".join(
    [
        "[rates]",
        *(f'{name} = "9000/minute"' for name in ("sign_in_per_number", "sign_in_per_address", "requests_per_address")),
    ]
)


class House(AbstractContextManager["House"]):
    """A service with a console; `browser` opens it."""

    def __init__(self, folder: Path, more: str = GENEROUS) -> None:
        self.data = folder / "data"
        write_offer(self.data, more)
        self.engine: Engine = open_database(self.data)
        config = read_config(self.data)
        self.parts: Parts = build_parts(config, self.data, folder / "keys.json", self.engine, SystemClock(), _fail)
        self.app = build_app(self.parts)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.parts.passwords.close()
        self.parts.few.close()
        self.engine.dispose()

    def add(self, name: str, *roles: Role) -> str:
        """A member of staff; the secret of their link."""
        return self.parts.console.register.add(name, roles, "root", time.time())

    def session(self, name: str, *roles: Role) -> str:
        """A member, new or not, who is signed in; the secret of their session."""
        if name not in {one.name for one in self.parts.console.register.list()}:
            self.add(name, *roles)
        member = next(one.id for one in self.parts.console.register.list() if one.name == name)
        with writing(self.engine) as connection:
            return self.parts.console.sessions._begin(connection, member, Way.CODE, None, time.time())

    def browser(self, session: str = "", language: str = "en", origin: str = ORIGIN) -> "Browser":
        return Browser(self, session, language, origin)


def _fail() -> None:
    raise AssertionError("the hub failed")


class Browser:
    """Keeps cookies, reads the token of the last page, and sends forms as browsers do."""

    def __init__(self, house: House, session: str, language: str, origin: str) -> None:
        self.origin = origin
        inside = httpx.ASGITransport(house.app)
        self.http = httpx.AsyncClient(transport=inside, base_url=origin, headers={"accept-language": language})
        if session:
            self.http.cookies.set("console", session, domain="localhost.local")
        self.csrf = ""

    async def get(self, path: str) -> httpx.Response:
        answer = await self.http.get(f"/console{path}")
        if found := re.search(r'name="csrf" value="([0-9a-f]{64})"', answer.text):
            self.csrf = found[1]
        return answer

    async def post(self, path: str, _origin: str | None = None, **fields: str | list[str]) -> httpx.Response:
        sent: dict[str, str | list[str]] = {"csrf": self.csrf, **fields}
        headers = {"origin": self.origin if _origin is None else _origin}
        return await self.http.post(f"/console{path}", data=sent, headers=headers)

    @property
    def session(self) -> str | None:
        return self.http.cookies.get("console")

    async def enrol(self, link: str, password: str = PASSWORD) -> str:
        """Set up password and codes by a link; the secret of the codes."""
        page = await self.get(f"/enrol/{link}")
        secret = re.search(r"secret=([A-Z2-7]+)", page.text)
        assert secret is not None
        code = pyotp.TOTP(secret[1]).now()
        done = await self.post(f"/enrol/{link}", password=password, again=password, code=code)
        assert done.status_code == 303
        return secret[1]
