"""Customers' identities as the provider looks at them (clause 1): `reviews …`. Each function prints what it did."""

import time
from collections.abc import Sequence
from pathlib import Path

from vidphone.service.admin.said import actor, check_number, moment, print_table, refused, say, words
from vidphone.service.office import Office
from vidphone.service.store.customers import UnknownNumber
from vidphone.service.store.identities import FIELDS, NoIdentity
from vidphone.service.store.reviews import MAX_REASON
from vidphone.wire.sign_up import MaskedData, ReviewState


def show_all(office: Office, state: str | None) -> None:
    """All reviews as a table, the longest-waiting first."""
    found = office.reviews.list(ReviewState(state) if state else None)
    if not found:
        say("no-reviews")
        return
    rows = (
        (
            one.number,
            words(f"review-state.{one.review.state.value}"),
            moment(one.review.since),
            str(one.copies),
            one.review.reason,
        )
        for one in found
    )
    print_table(("number", "state", "since", "copies", "reason"), rows)


def decide(office: Office, number: str, state: ReviewState, reason: str) -> None:
    """Approve, ask for a copy, refuse or suspend; all but an approval say why."""
    check_number(number)
    reason = reason.strip()
    if len(reason) > MAX_REASON or (state is not ReviewState.APPROVED and not reason):
        raise refused("bad-reason", most=MAX_REASON)
    try:
        office.reviews.decide(number, state, reason, actor(), time.time())
    except UnknownNumber:
        raise refused("unknown", number=number) from None
    say("review-decided", number=number, state=words(f"review-state.{state.value}"))


def show(office: Office, number: str, reveal: Sequence[str], copies: Path | None, reason: str) -> None:
    """One customer's data, masked; what is revealed needs a reason, and the customer sees that it was."""
    check_number(number)
    unknown = set(reveal) - set(FIELDS)
    if unknown:
        raise refused("unknown-fields", fields=", ".join(sorted(unknown)), known=", ".join(FIELDS))
    if (reveal or copies) and not 1 <= len(reason.strip()) <= MAX_REASON:
        raise refused("reveal-needs-reason", most=MAX_REASON)
    try:
        account = office.reviews.account(number)
        masked = office.identities.masked(account)
    except UnknownNumber:
        raise refused("unknown", number=number) from None
    except NoIdentity:
        raise refused("no-identity", number=number) from None
    staff, now = actor(), time.time()
    shown = {field: str(getattr(masked, field)) for field in MaskedData.model_fields}
    if reveal:
        shown |= office.identities.reveal(account, reveal, staff, reason, now)
    print_table(("field", "value"), shown.items())
    if copies:
        for path in office.save_copies(account, copies, staff, reason, now):
            say("copy-saved", path=str(path))
