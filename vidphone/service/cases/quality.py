"""How calls went at both ends, as the phones told it (clauses 6 and 12): kept with the call, once an end."""

from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects.sqlite import insert as upsert

from vidphone.service.ports import Bearer
from vidphone.service.store.engine import writing
from vidphone.service.store.tables import calls
from vidphone.service.store.tables_cases import call_quality
from vidphone.wire.cases import QualityReport
from vidphone.wire.errors import ErrorCode, VidphoneError

TOLD_WITHIN_S = 7 * 86_400.0
"""After the call; a phone that was switched off at its end tells when it is on again."""
CALLER, CALLEE = "caller", "callee"


class CallQuality:
    """Blocking. Times are UTC seconds since 1970."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def told(self, bearer: Bearer, call: str, report: QualityReport, at: float) -> None:
        """Keep what the phone that had the call tells; what it told first stays.

        Raises:
            VidphoneError: `NOT_FOUND`, that phone had no such call, it was not answered, or it is too long ago.
        """
        with writing(self._engine) as connection:
            row = connection.execute(select(calls).where(calls.c.id == call)).one_or_none()
            side = None
            if row is not None and row.accepted_at is not None and at - row.accepted_at < TOLD_WITHIN_S:
                here = bearer.account, bearer.device
                ends = {CALLER: (row.caller_id, row.caller_device), CALLEE: (row.callee_id, row.callee_device)}
                side = next((name for name, end in ends.items() if end == here), None)
            if side is None:
                raise VidphoneError(ErrorCode.NOT_FOUND)
            told = {"call_id": call, "side": side, "body": report.model_dump_json(), "at": at}
            connection.execute(upsert(call_quality).values(told).on_conflict_do_nothing())


def quality_of(connection: Connection, call: str) -> dict[str, QualityReport]:
    """What each end told of a call, by `CALLER` and `CALLEE`."""
    rows = connection.execute(select(call_quality).where(call_quality.c.call_id == call))
    return {row.side: QualityReport.model_validate_json(row.body) for row in rows}
