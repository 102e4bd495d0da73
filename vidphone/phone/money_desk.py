"""Takes what is asked of prices, credit, bills and payments, and loads what answers it when first it is needed."""

import asyncio
from typing import TYPE_CHECKING

from vidphone.phone import commands
from vidphone.phone.engine import Emit
from vidphone.phone.lane import Lane

if TYPE_CHECKING:
    from vidphone.phone.money import Money, SignedInAs


class MoneyDesk:
    """Requests one after another; quotes beside them, since nobody who types waits for a document to come."""

    def __init__(self, emit: Emit, signed_in_as: "SignedInAs") -> None:
        self._emit = emit
        self._signed_in_as = signed_in_as
        self._requests = Lane("money", emit)
        self._quotes = Lane("quotes", emit)
        self._quote: commands.Quote | None = None
        self._money: Money | None = None

    def perform(self, command: commands.MoneyCommand) -> None:
        """Begin to do what was asked for; of the quotes that wait only the last is asked for."""
        if not isinstance(command, commands.Quote):
            self._requests.add(lambda: self._answer(command))
            return
        if self._quote is None:
            self._quotes.add(self._answer_quote)
        self._quote = command

    async def close(self) -> None:
        """Give up what waits, and watch payments no longer."""
        await self._requests.close()
        await self._quotes.close()
        if self._money is not None:
            await self._money.close()

    async def _answer_quote(self) -> None:
        command, self._quote = self._quote, None
        if command is not None:
            await self._answer(command)

    async def _answer(self, command: commands.MoneyCommand) -> None:
        if self._money is None:
            made = await asyncio.to_thread(self._make)
            self._money = self._money or made  # the other lane may have been first
        await self._money.perform(command)

    def _make(self) -> "Money":
        from vidphone.phone.money import Money  # noqa: PLC0415 - many models; a start needs none

        return Money(self._emit, self._signed_in_as)
