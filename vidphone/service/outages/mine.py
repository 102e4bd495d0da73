"""What a customer sees of outages (clauses 12 to 14)."""

from dataclasses import dataclass

from sqlalchemy import Engine, select

from vidphone.service.outages.book import rows_of
from vidphone.service.store.tables import accounts
from vidphone.service.store.tables_outages import outage_credits
from vidphone.terms.orders import Words
from vidphone.wire.outages import MAX_OUTAGES, MyOutage, MyOutages


@dataclass(frozen=True)
class OutagesOfMine:
    """Blocking."""

    engine: Engine

    def list(self, account: int) -> MyOutages:
        """The latest that concerned a customer since they are one, newest first.

        A credit stands at the outage with which its interruption ended.
        """
        with self.engine.connect() as connection:
            since = connection.scalar(select(accounts.c.created_at).where(accounts.c.id == account)) or 0.0
            rows = [row for row in rows_of(connection, (account,))[account] if (row.ended_at or since) >= since]
            given = connection.execute(select(outage_credits).where(outage_credits.c.account_id == account)).all()
        rows = sorted(rows, key=lambda row: row.began_at, reverse=True)[:MAX_OUTAGES]
        return MyOutages(
            outages=tuple(
                MyOutage(
                    began_at=row.began_at,
                    ended_at=row.ended_at,
                    words=Words(row.words_zh, row.words_en),
                    force_majeure=Words(row.force_majeure_zh, row.force_majeure_en) if row.force_majeure_zh else None,
                    credited_fen=sum(one.amount_fen for one in given if one.ended_at == row.ended_at),
                )
                for row in rows
            )
        )
