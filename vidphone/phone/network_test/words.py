"""What a network test found, in words."""

from vidphone.phone.network_test.result import Expected, NetworkResult, Reach, Way, expected, rates_only
from vidphone.texts import Language, text

TRANSPORTS = ("udp", "tcp", "tls")


def rate_words(bps: float | None, language: Language) -> str:
    """A rate as people know them."""
    if bps is None:
        return text("network.unknown", language)
    if bps < 1_000_000:
        return text("network.kbps", language, rate=round(bps / 1000))
    return text("network.mbps", language, rate=f"{bps / 1e6:.1f}")


def verdict_key(result: NetworkResult, quality: Expected) -> str:
    """The text that says what to expect; where only rates were measured it promises no more than they do."""
    return f"network.{'rates' if rates_only(result) else 'expected'}.{quality.value}"


def verdict_lines(result: NetworkResult, language: Language) -> list[str]:
    """What to expect, then why it is no better, each with a next step."""
    quality, limits = expected(result)
    lines = [text(verdict_key(result, quality), language)]
    return lines + [text(f"network.why.{why.value}", language) for why in limits]


def figure_lines(result: NetworkResult, language: Language) -> list[str]:
    """The figures, one a line."""
    lines = [
        text(f"network.reach.{reach.value}", language, transport=text(f"network.transport.{name}", language))
        for name, reach in zip(TRANSPORTS, (result.udp, result.tcp, result.tls), strict=True)
    ]
    trips = result.trips
    if trips is None or trips.round_trip_ms is None:
        none_named = all(each is Reach.NOT_OFFERED for each in (result.udp, result.tcp, result.tls))
        lines.append(text("network.way.not-offered" if none_named else "network.way.none", language))
    else:
        lines.append(text(f"network.way.{result.way.value}", language))
        lines.append(text("network.delay", language, ms=round(trips.round_trip_ms)))
        if trips.jitter_ms is not None:
            lines.append(text("network.jitter", language, ms=round(trips.jitter_ms, 1)))
        if result.way is not Way.STREAM:
            share = f"{trips.loss * 100:.1f}"
            lines.append(text("network.loss", language, percent=share, lost=trips.lost, sent=trips.sent))
    lines.append(text("network.down", language, rate=rate_words(result.down_bps, language)))
    lines.append(text("network.up", language, rate=rate_words(result.up_bps, language)))
    return lines


def as_text(result: NetworkResult, language: Language) -> str:
    """All of it, as it is added to a case (`NewCase.findings`)."""
    return "\n".join([*verdict_lines(result, language), *figure_lines(result, language)])
