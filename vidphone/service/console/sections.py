"""What a page and a section are. The table of all of them is in `table.py`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from starlette.responses import Response

from vidphone.service.staff.roles import Role

if TYPE_CHECKING:
    from vidphone.service.console.visit import Visit

Handler = Callable[["Visit"], Response] | Callable[["Visit"], Awaitable[Response]]
"""Blocking ones run on a thread."""
PREFIX = "/console"


@dataclass(frozen=True, slots=True)
class Page:
    """One route: what is asked, who answers, and who may ask."""

    method: Literal["GET", "POST"]
    path: str
    """Below `/console`, with Starlette's places: `/customers/{number}`."""
    handler: Handler
    roles: frozenset[Role] | None
    """Any one of them is enough; None: it is open, for signing in."""
    quiet: bool = False
    """Asked by a page by itself: keeps no session alive."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the console, with an entry in the navigation where it has an icon."""

    name: str
    """Its title is the text `console.section.<name>`."""
    prefix: str
    """What the paths of its pages begin with."""
    roles: frozenset[Role]
    """Who sees its entry."""
    pages: tuple[Page, ...]
    icon: str = ""
    """Of `assets/icons`."""
