"""Limits on how often: of sign-ins per number and per address, and of requests per address."""

import math
import time
from ipaddress import IPv6Address, ip_address

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from vidphone.service.config import RateConfig
from vidphone.wire.errors import ErrorCode, VidphoneError

IPV6_PREFIX_BITS = 64
"""A customer has at least that many IPv6 addresses to choose from (RFC 6177)."""


def network_of(address: str) -> str:
    """What a client's address counts as: itself, or its IPv6 network."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(IPv6Address(int(parsed) >> IPV6_PREFIX_BITS << IPV6_PREFIX_BITS))
    return str(parsed)


class Rates:
    """The limits of one service, kept in memory: they start anew with it."""

    def __init__(self, config: RateConfig) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._per_number = parse(config.sign_in_per_number)
        self._per_address = parse(config.sign_in_per_address)
        self._requests = parse(config.requests_per_address)
        self._sign_ups = parse(config.sign_up_per_address)
        self._resets_per_number = parse(config.reset_per_number)
        self._resets_per_address = parse(config.reset_per_address)
        self._release_reports = parse(config.release_reports_per_address)
        self._reports = parse(config.report_per_address)
        self._reports_a_day = parse(config.report_per_address_a_day)
        self._network_tests = parse(config.network_test_per_number)

    async def request(self, address: str) -> None:
        """Count a request.

        Raises:
            VidphoneError: `TOO_MANY_ATTEMPTS`, with the seconds to wait.
        """
        await self._count(self._requests, "request", network_of(address))

    async def sign_in(self, number: str, address: str) -> None:
        """Count an attempt to sign in, before its password is looked at. Raises as `request`."""
        await self._count(self._per_address, "sign-in-address", network_of(address))
        await self._count(self._per_number, "sign-in-number", number)

    async def signed_in(self, number: str) -> None:
        """The password was right: forget the attempts on that number."""
        await self._limiter.clear(self._per_number, "sign-in-number", number)

    async def sign_up(self, address: str) -> None:
        """Count a sign-up that is begun, which takes a second of work. Raises as `request`."""
        await self._count(self._sign_ups, "sign-up-address", network_of(address))

    async def reset(self, number: str, address: str) -> None:
        """Count an attempt to set a forgotten password, before anything is looked at. Raises as `request`."""
        await self._count(self._resets_per_address, "reset-address", network_of(address))
        await self._count(self._resets_per_number, "reset-number", number)

    async def report(self, address: str) -> None:
        """Count a report of a problem or a crash. Raises as `request`.

        Of a build 300 are kept: who sends 20 an hour all day would drive out those of everybody else.
        """
        await self._count(self._reports, "report-address", network_of(address))
        await self._count(self._reports_a_day, "report-address-day", network_of(address))

    async def network_test(self, number: str) -> None:
        """Count a download or an upload of a network test. Raises as `request`."""
        await self._count(self._network_tests, "network-test", number)

    async def release_report(self, address: str) -> None:
        """Count a report of what became of a build. Raises as `request`."""
        await self._count(self._release_reports, "release-report", network_of(address))

    async def _count(self, limit: RateLimitItem, *who: str) -> None:
        if await self._limiter.hit(limit, *who):
            return
        stats = await self._limiter.get_window_stats(limit, *who)
        seconds = max(1, math.ceil(stats.reset_time - time.time()))
        raise VidphoneError(ErrorCode.TOO_MANY_ATTEMPTS, {"seconds": seconds})
