"""What a signed-in customer asks of cases, terminals and evidence (`wire/cases.py` has the bodies)."""

from vidphone.account.asking import Asking
from vidphone.wire.cases import (
    MAX_CASES,
    MAX_EVIDENCE_BYTES,
    AskedStep,
    CaseDetail,
    Cases,
    NewCase,
    NewClaim,
    NewMessage,
    QualityReport,
    Terminals,
)

MAX_PICTURE_BYTES = 8_388_608
MAX_CASE_BYTES = 4_194_304
"""Of a case with all that was written."""


class CasesClient(Asking):
    """The cases of one account, behind its token.

    Every request raises as `Asking` says; `NOT_SIGNED_IN`, the token is no good any more. Those that name a case or a
    terminal: `NOT_FOUND`; those that write: `CASE_NOT_NOW`, the case has moved on; `TOO_MANY_CASES`. What is written
    again under the same id is written once.
    """

    def __init__(self, service: str, token: str) -> None:
        """Prepare to ask. Raises as `Asking`."""
        super().__init__(service)
        self._token = token

    async def cases(self, before: str | None = None, limit: int = MAX_CASES) -> Cases:
        """Cases, newest first; `before` is the number of the last one that is known."""
        query = {"limit": str(limit)} | ({} if before is None else {"before": before})
        return self._parsed(Cases, await self._ask("GET", "/v1/me/cases", token=self._token, query=query))

    async def case(self, number: str) -> CaseDetail:
        """One case with all that was written."""
        return self._parsed(CaseDetail, await self._document(f"/v1/me/cases/{number}", self._token, MAX_CASE_BYTES))

    async def open_case(self, asked: NewCase) -> CaseDetail:
        """Open a case from a line of a bill, a call or a clause.

        Raises:
            VidphoneError: `NOT_FOUND`, it is not the customer's; or as every request.
        """
        return await self._written("/v1/me/cases", asked)

    async def say(self, number: str, asked: NewMessage) -> CaseDetail:
        """Write in a case."""
        return await self._written(f"/v1/me/cases/{number}/messages", asked)

    async def step(self, number: str, asked: AskedStep) -> CaseDetail:
        """Contest the answer, go to the arbitration commission, be content, or take the case back."""
        return await self._written(f"/v1/me/cases/{number}/steps", asked)

    async def send_photo(self, number: str, photo: str, content: bytes, content_type: str) -> CaseDetail:
        """Add a picture (JPEG, PNG or PDF, at most `MAX_COPY_BYTES`); `photo` is an id chosen at random.

        Raises:
            VidphoneError: `COPY_REFUSED`, it cannot be read; or as every request.
        """
        path = f"/v1/me/cases/{number}/photos/{photo}"
        return self._parsed(CaseDetail, await self._put(path, self._token, content, content_type))

    async def photo(self, number: str, message: int, page: int) -> bytes:
        """A picture of a case, in JPEG."""
        path = f"/v1/me/cases/{number}/photos/{message}/{page}"
        return await self._document(path, self._token, MAX_PICTURE_BYTES)

    async def seen(self, number: str) -> None:
        """The customer has looked at a case."""
        await self._ask("PUT", f"/v1/me/cases/{number}/seen", token=self._token)

    async def terminals(self) -> Terminals:
        """The customer's devices, with their warranty and history."""
        return self._parsed(Terminals, await self._ask("GET", "/v1/me/terminals", token=self._token))

    async def claim(self, terminal: int, asked: NewClaim) -> CaseDetail:
        """Claim under the warranty; pictures are added to the case that is answered."""
        return await self._written(f"/v1/me/terminals/{terminal}/claims", asked)

    async def evidence(self) -> bytes:
        """Agreement, orders, bills, calls and correspondence in one signed file (clause 16).

        Raises:
            VidphoneError: `SIGN_UP_CLOSED`, the provider is not set up to sign; or as every request.
        """
        return await self._document("/v1/me/evidence", self._token, MAX_EVIDENCE_BYTES)

    async def send_quality(self, call: str, report: QualityReport) -> None:
        """Tell how a call went at this end.

        Raises:
            VidphoneError: `NOT_FOUND`, this device had no such call; or as every request.
        """
        body = report.model_dump(mode="json")
        await self._ask("POST", f"/v1/me/calls/{call}/quality", token=self._token, body=body)

    async def _written(self, path: str, asked: NewCase | NewMessage | AskedStep | NewClaim) -> CaseDetail:
        body = asked.model_dump(mode="json")
        return self._parsed(CaseDetail, await self._ask("POST", path, token=self._token, body=body))
