"""The network test (clause 12), as the customer whose sign-in is kept, or whose password is given."""

import secrets
from dataclasses import dataclass

from vidphone.account.keeper import TokenKeeper
from vidphone.account.network_client import NetworkClient
from vidphone.account.service_client import ServiceClient
from vidphone.phone.doctor.findings import Finding, Level, of_error, warn
from vidphone.phone.network_test.result import Expected, NetworkResult, Reach, Way, expected, rates_only
from vidphone.phone.network_test.words import TRANSPORTS, rate_words, verdict_key
from vidphone.texts import Language
from vidphone.wire.errors import VidphoneError

DEVICE_NAME = "vidphone doctor"
REACHED = {Reach.YES: Level.OK, Reach.NO: Level.WARN, Reach.REFUSED: Level.WARN, Reach.NOT_OFFERED: Level.OK}


@dataclass(frozen=True, slots=True)
class Who:
    """Whose network is tested; without a password, by the token that is kept for the number."""

    service: str
    number: str
    password: str = ""


async def network_test(who: Who) -> list[Finding]:
    """Test as somebody who is signed in already, or is for as long as it takes."""
    try:
        if who.password:
            return await _signed_in_for_it(who)
        keeper = TokenKeeper(use_keyring=True)
        token = await keeper.load(who.service, who.number) if who.number else None
        if token is None:
            return [warn("not-signed-in")]
        return await _tested(who.service, token)
    except VidphoneError as error:
        return [of_error(Level.WARN, error.code, dict(error.about or {}))]


async def _signed_in_for_it(who: Who) -> list[Finding]:
    client = ServiceClient(who.service)
    try:
        token = (await client.sign_in(who.number, who.password, secrets.token_hex(16), DEVICE_NAME)).token
        try:
            return await _tested(who.service, token)
        finally:
            await client.sign_out(token)
    finally:
        await client.close()


async def _tested(service: str, token: str) -> list[Finding]:
    from vidphone.phone.network_test.measure import measure  # noqa: PLC0415 - loads WebRTC, which may be what is broken

    client = NetworkClient(service, token)
    try:
        return findings_of(await measure(client, lambda _step: None))
    finally:
        await client.close()


def findings_of(result: NetworkResult) -> list[Finding]:
    """A result as lines: the figures, then what to expect of them."""
    quality, limits = expected(result)
    reaches = zip(TRANSPORTS, (result.udp, result.tcp, result.tls), strict=True)
    found = [
        Finding(REACHED[reach], f"network.reach.{reach.value}", {"transport": name.upper()}) for name, reach in reaches
    ]
    trips = result.trips
    if trips is None or trips.round_trip_ms is None:
        none_named = all(each is Reach.NOT_OFFERED for each in (result.udp, result.tcp, result.tls))
        found.append(Finding(Level.WARN, "network.way.not-offered" if none_named else "network.way.none"))
    else:
        found.append(Finding(Level.OK, f"network.way.{result.way.value}"))
        found.append(Finding(Level.OK, "network.delay", {"ms": round(trips.round_trip_ms)}))
        if trips.jitter_ms is not None:
            found.append(Finding(Level.OK, "network.jitter", {"ms": str(round(trips.jitter_ms, 1))}))
        if result.way is not Way.STREAM:
            places: dict[str, str | int] = {"lost": trips.lost, "sent": trips.sent}
            found.append(Finding(Level.OK, "network.loss", {**places, "percent": f"{trips.loss * 100:.1f}"}))
    for name, bps in (("down", result.down_bps), ("up", result.up_bps)):
        found.append(Finding(Level.OK, f"network.{name}", {"rate": rate_words(bps, Language.ENGLISH)}))
    level = {Expected.GOOD_VIDEO: Level.OK, Expected.NOTHING: Level.FAIL}.get(quality, Level.WARN)
    if rates_only(result) and level is Level.OK:
        level = Level.WARN
    found.append(Finding(level, verdict_key(result, quality)))
    found += [Finding(level, f"network.why.{why.value}") for why in limits]
    return found
