"""What a signed-in customer asks of announcements, numbers and agreements (`wire/notices.py` has the bodies)."""

from collections.abc import Sequence

from vidphone.account.asking import Asking
from vidphone.wire.notices import (
    MAX_ASKED_NUMBERS,
    Announcements,
    AskedNumbers,
    ChangedNumber,
    ChangedVersion,
    ChangedVersions,
    ComparedVersions,
    NumbersChanged,
    Objection,
)

MAX_COMPARED_BYTES = 8_388_608
"""Two versions in two languages, and the marked comparison of each."""


class NoticesClient(Asking):
    """The announcements of one account, behind its token.

    Every request raises as `Asking` says; `NOT_SIGNED_IN`, the token is no good any more.
    """

    def __init__(self, service: str, token: str) -> None:
        """Prepare to ask. Raises as `Asking`."""
        super().__init__(service)
        self._token = token

    async def announcements(self, before: float | None = None) -> Announcements:
        """Newest first; `before` is the `published_at` of the last one that is known."""
        query = None if before is None else {"before": repr(before)}
        return self._parsed(
            Announcements, await self._ask("GET", "/v1/me/announcements", token=self._token, query=query)
        )

    async def read(self, announcement: str) -> None:
        """Tell that it was read.

        Raises:
            VidphoneError: `NOT_FOUND`, it does not concern this customer; or as every request.
        """
        await self._ask("PUT", f"/v1/me/announcements/{announcement}/read", token=self._token)

    async def numbers_changed(self, numbers: Sequence[str]) -> NumbersChanged:
        """Which of these numbers are others now; as many requests as it takes. The service does not keep them."""
        changed: list[ChangedNumber] = []
        mine: tuple[ChangedNumber, ...] = ()
        for first in range(0, max(len(numbers), 1), MAX_ASKED_NUMBERS):
            some = tuple(numbers[first : first + MAX_ASKED_NUMBERS])
            body = AskedNumbers(numbers=some).model_dump(mode="json")
            answer = await self._ask("POST", "/v1/me/numbers-changed", token=self._token, body=body)
            found = self._parsed(NumbersChanged, answer)
            changed += found.changed
            mine = found.mine
        return NumbersChanged(changed=tuple(changed), mine=mine)

    async def versions(self) -> ChangedVersions:
        """Versions of the agreement that were published after the customer's own (clause 15)."""
        return self._parsed(ChangedVersions, await self._ask("GET", "/v1/me/agreement-versions", token=self._token))

    async def compared(self, version: str) -> ComparedVersions:
        """Such a version beside the one before it.

        Raises:
            VidphoneError: `NOT_FOUND`, there is none for this customer; or as every request.
        """
        path = f"/v1/me/agreement-versions/{version}"
        return self._parsed(ComparedVersions, await self._document(path, self._token, MAX_COMPARED_BYTES))

    async def object(self, version: str, words: str) -> ChangedVersion:
        """Object to it, which opens a case with these words; again, the same.

        Raises:
            VidphoneError: `NOT_FOUND`, there is none for this customer; `OBJECTION_CLOSED`, the time for it is over;
                or as every request.
        """
        body = Objection(words=words).model_dump(mode="json")
        path = f"/v1/me/agreement-versions/{version}/objection"
        return self._parsed(ChangedVersion, await self._ask("POST", path, token=self._token, body=body))
