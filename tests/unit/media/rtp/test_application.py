"""How the picture is seen: an application's packet that others pass over."""

import pytest

from vidphone.media.rtp import rtcp
from vidphone.media.rtp.rtcp import Bye, ViewerReport

REPORT = ViewerReport(0x01020304, 1280, 720, 51)
WIRE = bytes.fromhex("80cc0004 01020304 56505657 050002d0 33000000")


def test_the_report_has_the_form_that_is_written_down() -> None:
    assert rtcp.serialize([REPORT]) == WIRE
    assert rtcp.parse(WIRE) == [REPORT]


def test_what_a_later_version_adds_is_passed_over() -> None:
    longer = WIRE[:3] + b"\x05" + WIRE[4:-3] + b"\x01\x02\x03" + b"more"
    assert rtcp.parse(longer) == [REPORT]


@pytest.mark.parametrize(("at", "byte"), [(0, 0x81), (8, ord("X"))], ids=["subtype", "name"])
def test_packets_of_other_applications_are_passed_over(at: int, byte: int) -> None:
    other = WIRE[:at] + bytes((byte,)) + WIRE[at + 1 :]
    assert rtcp.parse(other + rtcp.serialize([Bye((9,))])) == [Bye((9,))]


@pytest.mark.parametrize("words", [0, 1, 2, 3])
def test_a_packet_cut_short_is_refused(words: int) -> None:
    with pytest.raises(ValueError, match=r"application|viewer"):
        rtcp.parse(WIRE[:3] + bytes((words,)) + WIRE[4 : 4 + 4 * words])


@pytest.mark.parametrize(
    "report", [ViewerReport(1, 65_536, 1, 0), ViewerReport(1, 1, -1, 0), ViewerReport(1, 1, 1, 256)]
)
def test_what_does_not_fit_is_not_written(report: ViewerReport) -> None:
    with pytest.raises(ValueError, match="range"):
        rtcp.serialize([report])
