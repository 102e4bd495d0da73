import pytest

from benchmarks.bars import LABELS, LINES, Bar, between, line_of, medians
from benchmarks.line import Shape


@pytest.mark.parametrize(
    ("bar", "value", "met"),
    [
        (Bar("p95", 0.8, "times"), 80.0, True),
        (Bar("p95", 0.8, "times"), 81.0, False),
        (Bar("psnr", 3.0, "plus"), 38.0, True),
        (Bar("psnr", 3.0, "plus"), 37.9, False),
        (Bar("pesq", 3.8), 3.8, True),
        (Bar("frozen_s", 0.0), 0.1, False),
        (Bar("p95", 0.8, "times"), None, False),
        (Bar("pesq", 3.8), None, False),
    ],
)
def test_bars_are_judged_in_their_own_direction(bar: Bar, value: float | None, met: bool) -> None:
    anchors = {"chromium": {"p95": 100.0, "psnr": 35.0, "pesq": 3.0}}
    assert bar.reached({bar.figure: value}, anchors).met is met


def test_a_bar_beside_an_anchor_that_was_not_measured_is_open() -> None:
    assert Bar("cpu", 0.7, "times", "libwebrtc").reached({"cpu": 0.4}, {"chromium": {"cpu": 1.0}}).met is None


def test_bars_say_what_they_ask() -> None:
    asked = [Bar("p95", 0.8, "times"), Bar("psnr", 3.0, "plus"), Bar("psnr", -1.0, "plus"), Bar("frozen_s", 0.3)]
    assert [bar.words for bar in asked] == ["≤ 0.8× chromium", "≥ chromium + 3", "≥ chromium − 1", "≤ 0.3"]


def test_medians_leave_out_what_most_runs_lack() -> None:
    runs: list[dict[str, float | None]] = [
        {"p95": 10.0, "psnr": None},
        {"p95": 30.0, "psnr": None},
        {"p95": 20.0, "psnr": 36.0},
        {},
    ]
    assert medians(runs) == {"p95": 20.0, "psnr": None}
    assert medians([]) == {}


def test_a_mixed_call_may_be_as_bad_as_the_worse_pure_one() -> None:
    pure = [{"p95": 100.0, "psnr": 40.0, "pesq": 4.0}, {"p95": 200.0, "psnr": 36.0, "pesq": 3.0}]
    assert between({"p95": 210.0, "psnr": 35.6, "pesq": 3.0}, pure) == []
    assert between({"p95": 230.0, "psnr": 35.0, "pesq": None}, pure) == ["p95", "psnr", "pesq"]


def test_every_line_can_be_emulated_and_every_bar_has_a_name() -> None:
    for line in LINES.values():
        Shape.parse(line.words.split())
        assert {bar.figure for bar in line.bars} <= LABELS.keys()
    assert line_of("--rate 800 --delay 10").bars == ()
