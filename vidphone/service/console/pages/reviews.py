"""Identity reviews (clause 1): who waits, what was sent, and what the provider makes of it."""

from base64 import b64encode
from collections.abc import Callable, Mapping

from starlette.responses import Response

from vidphone.service.console.forms import REASON, Field
from vidphone.service.console.pages.actions import Action
from vidphone.service.console.pages.customers import AT_A_TIME, exists, has_identity, number_of
from vidphone.service.console.visit import Visit
from vidphone.service.store.reviews import MAX_REASON
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.sign_up import ReviewState

TOLD = Field("told", "text", MAX_REASON, hint="told")
"""A reason that the customer reads."""


def listed(visit: Visit) -> Response:
    """Reviews of one state, the longest-waiting first."""
    state = visit.query("state")
    if state and state not in set(ReviewState):
        raise VidphoneError(ErrorCode.BAD_REQUEST, {"detail": "state"})
    chosen = ReviewState(state) if state else _first_that_waits(visit)
    found = visit.parts.reviews.page(chosen, _after(visit), AT_A_TIME + 1)
    last = found[AT_A_TIME - 1] if len(found) > AT_A_TIME else None
    return visit.page("reviews", rows=found[:AT_A_TIME], last=last, chosen=chosen, states=tuple(ReviewState))


def _first_that_waits(visit: Visit) -> ReviewState:
    """Copies that were sent first: their customers have done what was asked of them."""
    sent = visit.parts.reviews.page(ReviewState.COPY_SENT, None, 1)
    return ReviewState.COPY_SENT if sent else ReviewState.PENDING


def one(visit: Visit) -> Response:
    """One review: data masked, and whether there is a copy to look at."""
    row = visit.console.customers.row(number_of(visit))
    return visit.page(
        "review",
        number=row.number,
        customer=row,
        review=visit.parts.reviews.of(row.account),
        masked=visit.parts.identities.masked(row.account),
        copies=visit.parts.identities.copies(row.account),
    )


def _path(visit: Visit) -> str:
    return f"/reviews/{number_of(visit)}"


def _show_copy(visit: Visit, values: Mapping[str, str]) -> Response:
    """The pages of the copy, each recorded as a reveal: the customer sees that they were looked at."""
    row, identities = visit.console.customers.row(number_of(visit)), visit.parts.identities
    pictures = [
        (copy.content_type, b64encode(identities.reveal_copy(copy.id, visit.staff.name, values["reason"], visit.at)))
        for copy in identities.copies(row.account)
    ]
    shown = [f"data:{kind};base64,{data.decode()}" for kind, data in pictures]
    return visit.with_pictures(visit.page("copy", number=row.number, pictures=shown))


def _decide(state: ReviewState, done: str) -> Callable[[Visit, Mapping[str, str]], Response]:
    def act(visit: Visit, values: Mapping[str, str]) -> Response:
        said = values.get("told", "")
        visit.parts.reviews.decide(number_of(visit), state, said, visit.staff.name, visit.at)
        return visit.go(_path(visit), done)

    return act


COPY = Action("copy", (REASON,), _show_copy, _path, check=has_identity)
APPROVE = Action("approve", (), _decide(ReviewState.APPROVED, "approved"), _path, check=has_identity)
WANT_COPY = Action("want-copy", (TOLD,), _decide(ReviewState.COPY_WANTED, "copy-wanted"), _path, check=has_identity)
REFUSE = Action("refuse", (TOLD,), _decide(ReviewState.REFUSED, "refused"), _path, "danger", check=has_identity)
SUSPEND = Action("suspend", (TOLD,), _decide(ReviewState.SUSPENDED, "suspended"), _path, "danger", check=exists)


def _after(visit: Visit) -> tuple[float, int] | None:
    since, account = visit.query("since", 24), visit.query("account", 15)
    if not since:
        return None
    try:
        return float(since), int(account)
    except ValueError:
        raise VidphoneError(ErrorCode.BAD_REQUEST, {"detail": "since"}) from None
