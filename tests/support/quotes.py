"""Quotes as the service gives them."""

from vidphone.terms.orders import Words
from vidphone.wire.billing import Quote, Refusal
from vidphone.wire.errors import CLAUSE, ErrorCode

CHINA = Words("中国大陆", "Mainland China")
SERVICE = Words("客户服务", "customer service")


def quote(
    number: str,
    *,
    video: bool = False,
    lasting_s: int | None = 11_999,
    free: bool = False,
    refused: ErrorCode | None = None,
) -> Quote:
    """What a call to a number would cost: voice 0.15 yuan a minute, video 0.30."""
    return Quote(
        number=number, video=video, free=free, destination=SERVICE if free else CHINA,
        price_e4_yuan=0 if free else 3_000 if video else 1_500, minimum_s=60, increment_s=60,
        available_fen=0 if refused else 3_000, lasting_s=None if free else 0 if refused else lasting_s,
        refusal=None if refused is None else Refusal(code=refused, clause=CLAUSE[refused]),
    )  # fmt: skip
