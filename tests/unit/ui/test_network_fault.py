import pytest

from vidphone.ui.network_fault import LEAST_REPORTS, Bars, network_at_fault
from vidphone.wire.reasons import EndReason


@pytest.mark.parametrize(
    ("reason", "quality", "at_fault"),
    [
        (EndReason.CONNECTION_LOST, None, True),
        (EndReason.CONNECTION_LOST, 5, True),
        (EndReason.MEDIA_FAILED, None, True),
        (EndReason.HUNG_UP, 2, True),
        (EndReason.HUNG_UP, 3, False),
        (EndReason.HUNG_UP, None, False),
        (EndReason.BUSY, None, False),
        (EndReason.UNREACHABLE, None, False),
    ],
)
def test_the_network_is_doubted_where_it_ended_or_spoilt_the_call(
    reason: EndReason, quality: int | None, at_fault: bool
) -> None:
    assert network_at_fault(reason, quality) is at_fault


def test_too_short_a_call_is_not_judged_and_each_is_judged_by_itself() -> None:
    bars = Bars()
    for _ in range(LEAST_REPORTS - 1):
        bars.add("a", 1)
    assert bars.of("a") is None
    bars.add("a", 4)
    assert bars.of("a") == 2
    bars.add("b", 5)
    assert bars.of("b") is None
    assert bars.of("a") is None
