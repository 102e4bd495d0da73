"""`offer check`: what is offered to those who sign up, and whether it may be."""

from pathlib import Path

from sqlalchemy import Engine

from vidphone.service.admin.said import Refused
from vidphone.service.offer_check import check_offer
from vidphone.service.store.agreements import published


def check(engine: Engine, data: Path) -> None:
    """Print what the configuration offers; refuse where nobody can sign up with it."""
    good, said = check_offer(data, *published(engine))
    if not good:
        raise Refused("\n".join(said))
    print("\n".join(said))  # noqa: T201
