"""Telling the provider of a problem or a crash (`wire/reports.py` has the body)."""

from vidphone.account.asking import Asking
from vidphone.wire.reports import Report


class ReportsClient(Asking):
    """Needs no sign-in: who cannot sign in has a problem, too."""

    async def send(self, report_id: str, report: Report) -> None:
        """Send a report. Again under the same id: the service keeps it once."""
        await self._put(f"/v1/reports/{report_id}", "", report.model_dump_json().encode(), "application/json")
