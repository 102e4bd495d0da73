import struct
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("pesq")
pytest.importorskip("soxr")

from benchmarks import endurance, lines, sharing, traffic
from benchmarks.call import figures, found_again_s, kbps_between, recovery_s
from benchmarks.line import Shape

FALLING = Shape.parse(["--rate", "0:2000,8:500,20:2000"])


def result(sender: str, receiver: str, p95: float, **changed: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": "500", "turn": 0, "sender": sender, "receiver": receiver, "recovery_s": None, "found_again_s": None,
        "send": {"cpu": 0.25, "kbps": 450.0},
        "recv": {"cpu": 0.25, "latency_ms": {"p50": p95 / 2, "p95": p95, "max": 300}, "fps": 30, "frozen_ms": 200.0},
        "psnr": {"mean": 38.0, "p10": 37.0, "n": 40},
        "speech": [
            {"delay_ms": 150.0, "pesq": 3.9, "likeness": 0.8}, {"delay_ms": 1900.0, "pesq": 1.1, "likeness": 0.1},
        ],
        "sync_ms": [-10.0, 30.0, -50.0],
    } | changed  # fmt: skip
    return {**told, "figures": figures(told)}


def test_figures_are_numbers_or_none() -> None:
    told = figures(result("vidphone", "vidphone", 100))
    assert told["pesq"] == pytest.approx(2.5)
    assert (told["pesq_least"], told["speech_delay"], told["sync_p95"], told["cpu"]) == (1.1, 150.0, 50.0, 0.5)
    none = figures(result("a", "a", 1, psnr=None, speech=[], sync_ms=[], recv={
        "cpu": 0.1, "latency_ms": None, "fps": 0, "frozen_ms": 20_000}))  # fmt: skip
    assert [name for name, value in none.items() if value is None] == [
        "p50", "p95", "max", "psnr", "psnr_p10", "pesq", "pesq_least", "speech_delay", "sync_p95", "recovery_s",
        "found_again_s",
    ]  # fmt: skip


def test_recovery_counts_from_the_last_rise() -> None:
    slow = [(at / 4, int(at / 4 * 500 * 125)) for at in range(96)]
    assert recovery_s(slow, FALLING) is None
    back = [*slow, *((24 + at / 4, int((24 * 500 + at / 4 * 1900) * 125)) for at in range(40))]
    assert recovery_s(back, FALLING) == pytest.approx(4.75, abs=0.3)
    assert recovery_s(back, Shape.parse([])) is None


def test_an_estimate_counts_from_the_last_rise_as_well() -> None:
    told = [(1_005_000.0, 2e6), (1_019_000.0, 2e6), (1_021_000.0, 1.5e6), (1_023_500.0, 1.7e6)]
    assert found_again_s(told, 1000.0, FALLING) == pytest.approx(3.5)
    assert found_again_s(told[:3], 1000.0, FALLING) is None
    assert found_again_s(told, 1000.0, Shape.parse(["--rate", "500"])) is None


def test_a_rate_needs_two_readings() -> None:
    assert kbps_between([(0.0, 0), (1.0, 1000), (2.0, 2000)], 0.0, 2.0) == pytest.approx(8.0)
    assert kbps_between([(0.0, 0), (9.0, 1000)], 0.0, 2.0) is None


def test_the_table_tells_bars_and_mixed_calls(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own, other = "vidphone", "chromium"
    failed = {"name": "500", "sender": "aiortc", "receiver": "aiortc", "failed": "it ended", "figures": {}}
    results = [result(own, own, 100), result(other, other, 200), result(own, other, 300), failed]
    lines.tell_all(results, tmp_path)
    text = (tmp_path / "table.md").read_text(encoding="utf-8")
    assert capsys.readouterr().out.startswith(text)
    assert "| latency p95, ms | 100 | 200 | – |" in text
    assert "| latency p95, ms ≤ 0.8× chromium | 100 | 200 | 0.50× | met |" in text
    assert "| PSNR-Y, dB ≥ chromium + 2 | 38.0 | 38.0 | +0.0 | **not met** |" in text
    assert "| vidphone → chromium | 150 | 300 | 30.0 | 0.20 | 38.0 | 2.50 | 150 | p50, p95 |" in text
    assert (tmp_path / "lines.png").stat().st_size > 1000


def test_medians_are_those_of_the_same_call() -> None:
    results = [result("vidphone", "vidphone", p95) for p95 in (100, 300, 200)]
    results.append(result("vidphone", "chromium", 999))
    told = lines.together(results)["500"]
    assert {pair: each["p95"] for pair, each in told.items()} == {
        ("vidphone", "vidphone"): 200, ("vidphone", "chromium"): 999,
    }  # fmt: skip


def test_flows_are_told_apart_by_the_port_they_go_to() -> None:
    def packet(protocol: int, port: int) -> bytes:
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 24, 0, 0, 64, protocol, 0, bytes(4), bytes(4))
        return head + struct.pack("!HH", 40000, port)

    assert traffic.flow_of(packet(17, 5004)) == "udp:5004"
    assert traffic.flow_of(packet(6, 5001)) == "tcp:5001"
    assert traffic.flow_of(packet(1, 0)) == "other"
    assert traffic.flow_of(packet(17, 1)[:20]) == "other"


def test_a_description_tells_the_sockets_of_a_peer() -> None:
    sdp = "a=candidate:1 1 udp 2130706431 10.78.0.2 40123 typ host generation 0\r\n" \
        "a=candidate:2 1 tcp 1518280447 10.78.0.2 9 typ host tcptype active\r\n" \
        "a=candidate:x9 1 UDP 2130706175 ::1 40124 typ host\r\n"  # fmt: skip
    assert sharing.ports_of(sdp) == {"udp:40123", "udp:40124"}


def test_rates_of_those_who_share() -> None:
    slots = [(100.0 + number / 2, 12_500) for number in range(20)]
    assert sharing.kbps_over(slots, 102.0, 106.0) == pytest.approx(200.0)
    assert sharing.curve(slots, 100.0)[5] == pytest.approx((2.5, 200.0))
    assert sharing.curve([], 100.0) == []


def test_endurance_names_what_grows() -> None:
    readings: list[dict[str, Any]] = [
        {
            "at_s": at * 10.0, "rss_mib": 200 + min(at, 10), "threads": 12,
            "containers": {"leak": at * 9, "queue": at % 5, "history (at most 999)": at * 9},
        }
        for at in range(1, 61)
    ]  # fmt: skip
    told = endurance.judge(readings)
    assert told["containers that grow"] == {"leak": [117, 540]}
    assert told["MiB a minute"] == pytest.approx(0, abs=0.01)
    assert not told["flat"]
    for reading in readings:
        reading["containers"].pop("leak")
    assert endurance.judge(readings)["flat"]
