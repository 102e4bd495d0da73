"""Cases and claims of customers of a `House`, as their own phones would open them."""

from itertools import count

from sqlalchemy import insert

from tests.support.console import House
from vidphone.service.ports import Bearer
from vidphone.service.store.engine import writing
from vidphone.service.store.tables import calls
from vidphone.terms.warranty import Category
from vidphone.wire.cases import AboutCall, AboutClause, NewCase, NewClaim, QualityReport

DAY_S = 86_400.0
QUALITY = QualityReport(
    seconds=61.0,
    video=True,
    bars_mean=3.4,
    bars_least=1,
    round_trip_ms=87.0,
    round_trip_most_ms=240.0,
    lost_percent=4.2,
    jitter_ms=21.0,
    concealed_percent=2.5,
    freezes=2,
    frozen_s=3.5,
    reconnects=1,
    audio_codec="opus",
    video_codec="VP8",
)
_ids = (f"{number:032x}" for number in count(1))


def account_of(house: House, number: str) -> int:
    """The account of a number."""
    return house.parts.console.customers.row(number).account


def disputed_call(house: House, caller: str, callee: str, words: str, at: float) -> str:
    """A case about a call whose quality both ends told; its number."""
    call = next(_ids)
    ends = [(caller, account_of(house, caller), "d" * 32), (callee, account_of(house, callee), "e" * 32)]
    row = {"id": call, "caller_id": ends[0][1], "caller_device": ends[0][2], "video": True, "state": "ended"}
    row |= {"callee_id": ends[1][1], "callee_device": ends[1][2], "reason": "hung-up"}
    times = {"proposed_at": at - 90, "accepted_at": at - 80, "ended_at": at - 19}
    with writing(house.engine) as connection:
        connection.execute(insert(calls).values(row | times))
    for number, account, device in ends:
        house.parts.cases.quality.told(Bearer(1, number, "", device, True, account), call, QUALITY, at)
    asked = NewCase(id=next(_ids), about=AboutCall(call=call), words=words)
    return house.parts.cases.open(ends[0][1], asked, at).case.number


def question(house: House, number: str, clause: int, words: str, at: float) -> str:
    """A case about a clause; its number."""
    asked = NewCase(id=next(_ids), about=AboutClause(clause=clause), words=words)
    return house.parts.cases.open(account_of(house, number), asked, at).case.number


def claim(house: House, number: str, serial: str, category: Category, words: str, at: float) -> str:
    """A claim for a terminal, by its serial number; the case's number."""
    terminals = house.parts.console.terminals.of(number, at)
    terminal = next(one.id for one in terminals if one.serial == serial)
    asked = NewClaim(id=next(_ids), category=category, words=words)
    return house.parts.cases.claim(account_of(house, number), terminal, asked, at).case.number


def photograph(house: House, number: str, case: str, *pages: bytes, at: float) -> None:
    """Pictures that a customer sent to a case, as the service made them anew."""
    house.parts.cases.photograph(account_of(house, number), case, next(_ids), pages, at)
