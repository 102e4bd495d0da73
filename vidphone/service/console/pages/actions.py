"""What staff do: one form on a page of its own, then back to where one came from."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from starlette.responses import Response

from vidphone.service.console.forms import AllWrong, Field, Wrong, read
from vidphone.service.console.sections import Page
from vidphone.service.console.visit import Visit
from vidphone.service.ledger.values import PostingConflict
from vidphone.service.notices.announcements import BadNotice
from vidphone.service.office.bills import NotPossible
from vidphone.service.outages.book import BadOutage
from vidphone.service.staff.roles import Role
from vidphone.texts import has_text, text, told
from vidphone.wire.errors import ErrorCode, VidphoneError, explain

UNFIT = 422
ABOUT = ("number", "case", "serial", "version", "build")
"""Places of a path that name what is acted upon."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. Its texts are `console.action.<name>`, `….about` and `….do`."""

    name: str
    fields: tuple[Field, ...]
    act: Callable[[Visit, Mapping[str, str]], Response]
    """What it does with what was answered; raises `Wrong`, `NotPossible`, `BadNotice`, `PostingConflict` or
    `VidphoneError` where it cannot."""
    back: Callable[[Visit], str]
    """Where to go instead, below `/console`."""
    kind: Literal["accent", "danger"] = "accent"
    check: Callable[[Visit], object] | None = None
    """What there must be, looked at before the form is shown."""
    beside: Callable[[Visit], tuple[tuple[str, str], ...]] | None = None
    """What the form repeats of what it is about: ends of the texts `console.form.<label>`, and what they say."""
    also: Callable[[Visit, Mapping[str, str]], Iterable[Wrong]] | None = None
    """What is wrong beyond single fields. See `forms.read`."""


def rows(path: str, action: Action, roles: frozenset[Role]) -> tuple[Page, Page]:
    """The two rows of the table for an action: its form, and doing it."""

    def show(visit: Visit) -> Response:
        if action.check is not None:
            action.check(visit)
        return _form(visit, action)

    def do(visit: Visit) -> Response:
        try:
            return action.act(visit, read(action.fields, visit, action.also))
        except AllWrong as all_of:
            return _form(visit, action, UNFIT, wrongs=all_of.wrongs)
        except Wrong as wrong:
            return _form(visit, action, UNFIT, wrongs=(wrong,))
        except NotPossible as problem:
            ours = f"console.{problem}"  # where the command line says it by an option of its own
            key = ours if has_text(ours) else f"admin.{problem}"
            return _form(visit, action, UNFIT, told(key, visit.language, visit.path))
        except BadNotice as bad:
            return _form(visit, action, UNFIT, text(f"notices.fault.{bad.reason}", visit.language, **bad.places))
        except BadOutage as bad:
            return _form(visit, action, UNFIT, text(f"outages.fault.{bad.reason}", visit.language))
        except PostingConflict:
            return _form(visit, action, UNFIT, visit.words("wrong.used"))
        except VidphoneError as error:
            if error.code is ErrorCode.NOT_FOUND:
                raise
            said = explain(error.code, visit.language, error.about or {})
            return _form(visit, action, UNFIT, said.message)

    return Page("GET", path, show, roles), Page("POST", path, do, roles)


def _form(
    visit: Visit, action: Action, status: int = 200, problem: str = "", wrongs: tuple[Wrong, ...] = ()
) -> Response:
    """`problem` is of the whole form, `wrongs` are of its fields."""
    values = {field.name: visit.form.get(field.name) or _given(visit, field) for field in action.fields}
    about = next((visit.path[name] for name in ABOUT if name in visit.path), "")
    return visit.page(
        "form",
        status,
        action=action,
        fields=action.fields,
        values=values,
        wrongs={one.field: visit.words(f"wrong.{one.why}", **one.places) for one in wrongs},
        problem=problem,
        about=about,
        beside=action.beside(visit) if action.beside else (),
        back=action.back(visit),
    )


def _given(visit: Visit, field: Field) -> list[str]:
    """What a form begins with: a key of its own, or what the address says of a field that it may."""
    if field.kind == "once":
        return [uuid.uuid4().hex]
    return [visit.query(field.name, field.most)] if field.from_address else []
