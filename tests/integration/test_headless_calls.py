"""Two phones without windows, a real service, real media: what each records is what the other showed and said."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.clips import likeness, lumas, sound, speech_likeness_in_pieces, write_clip
from tests.support.phones import HeadlessPhone, connect, pair
from tests.support.provider import Provider
from vidphone.resources import assets_dir
from vidphone.wire.cases import QualityReport

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

QUIET = ("--speaker", "none", "--size", "640x360")
SYNTHETIC = ("--camera", "test", "--mic", "tone", *QUIET)


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    provider = Provider(tmp_path_factory.mktemp("service"))
    for number in ("1001", "1002", "1003"):
        provider.add_customer(number)
    with provider:
        yield provider


def speech(language: str) -> Path:
    return next((assets_dir() / "speech").glob(f"*{language}*.*"))


def told_of_quality(provider: Provider) -> list[tuple[str, QualityReport]]:
    """What the phones told the service of how their calls went, by side."""
    with closing(sqlite3.connect(provider.data / "vidphone.db")) as database:
        rows = database.execute("SELECT side, body FROM call_quality").fetchall()
    return [(side, QualityReport.model_validate_json(body)) for side, body in rows]


def test_both_sides_record_what_the_other_showed_and_said(provider: Provider, tmp_path: Path) -> None:
    clip_a, clip_b = write_clip(tmp_path / "a.mp4", 1), write_clip(tmp_path / "b.mp4", 2)
    sources = {
        side: ("--camera", str(clip), "--mic", str(speech(language)), "--record", str(tmp_path / f"{side}.mkv"), *QUIET)
        for side, clip, language in (("a", clip_a, "en"), ("b", clip_b, "zh"))
    }
    with (
        HeadlessPhone(provider.url, tmp_path / "profile-a", *sources["a"]) as a,
        HeadlessPhone(provider.url, tmp_path / "profile-b", *sources["b"]) as b,
    ):
        a.sign_in("1001")
        b.sign_in("1002")
        connect(a, b, "1002")
        a.wait_for("first-frame")
        time.sleep(8)
        assert any(line["event"] == "peer" and line["recording"] for line in b.said) or b.wait_for(
            "peer", recording=True
        )
        a.do("hang-up")
        assert a.wait_for("ended")["reason"] == "hung-up"
        assert b.wait_for("ended")["reason"] == "hung-up"
    reports = told_of_quality(provider)
    assert {side for side, _ in reports} == {"caller", "callee"}
    assert all(report.video and report.seconds > 4 and report.bars_mean > 2 for _, report in reports)
    pictures = {"a": lumas(clip_a), "b": lumas(clip_b)}
    spoken = {"a": sound(speech("en")), "b": sound(speech("zh"))}
    for mine, theirs in (("a", "b"), ("b", "a")):
        recording = tmp_path / f"{mine}.mkv"
        seen, own = lumas(recording, 0), lumas(recording, 1)
        assert len(seen) > 60
        middle = seen[len(seen) // 2]
        assert likeness(middle, pictures[theirs]) > 0.95
        assert likeness(middle, pictures[mine]) < 0.6
        assert likeness(own[len(own) // 2], pictures[mine]) > 0.95
        heard, said = sound(recording, 0), sound(recording, 1)
        assert heard.std() > spoken[theirs].std() / 2
        assert speech_likeness_in_pieces(heard, spoken[theirs]) > 0.6
        assert speech_likeness_in_pieces(heard, spoken[mine]) < 0.4
        assert speech_likeness_in_pieces(said, spoken[mine]) > 0.6


def test_a_service_killed_in_a_call_leaves_media_alone_and_hanging_up_works(provider: Provider, tmp_path: Path) -> None:
    with pair(provider, tmp_path, *SYNTHETIC) as (a, b):
        call = connect(a, b, "1002")
        b.wait_for("first-frame")
        b.wait_for("stats")
        provider.kill()
        b.wait_for("link", state="down")
        before = b.wait_for("stats")
        b.wait_for("stats")
        b.wait_for("stats")
        assert b.wait_for("stats")["frames"] > before["frames"] + 20
        provider.start()
        a.wait_for("link", state="up")
        b.wait_for("link", state="up")
        time.sleep(1)
        a.do("hang-up")
        assert a.wait_for("ended", call=call)["reason"] == "hung-up"
        assert b.wait_for("ended", call=call)["reason"] == "hung-up"
        assert not [line for line in (*a.said, *b.said) if line["event"] == "reconnecting"]


def test_hold_mute_camera_and_keys_reach_the_other_side(provider: Provider, tmp_path: Path) -> None:
    with pair(provider, tmp_path, *SYNTHETIC) as (a, b):
        connect(a, b, "1002")
        a.wait_for("first-frame")
        a.do("mute", on=True)
        b.wait_for("peer", microphone=False)
        a.do("mute", on=False)
        b.wait_for("peer", microphone=True)
        a.do("camera", on=False)
        b.wait_for("peer", camera=False)
        a.do("camera", on=True)
        b.wait_for("peer", camera=True)
        a.do("hold", on=True)
        b.wait_for("peer", hold=True)
        a.do("hold", on=False)
        b.wait_for("peer", hold=False)
        a.do("dtmf", digits="12#")
        assert b.wait_for("dtmf")["digits"] == "12#"
        b.do("hang-up")
        a.wait_for("ended")


@pytest.mark.parametrize(
    ("number", "reason"), [("4999", "unknown-number"), ("1001", "own-number"), ("1003", "unreachable")]
)
def test_a_call_that_cannot_be_says_why(provider: Provider, tmp_path: Path, number: str, reason: str) -> None:
    with HeadlessPhone(provider.url, tmp_path / "a", "--camera", "none", "--mic", "none", *QUIET) as a:
        a.sign_in("1001")
        a.do("dial", number=number)
        assert a.wait_for("ended")["reason"] == reason


def test_lines_that_are_no_commands_get_an_error_and_nothing_else_happens(provider: Provider, tmp_path: Path) -> None:
    with HeadlessPhone(provider.url, tmp_path / "a", "--camera", "none", "--mic", "none", *QUIET) as a:
        a.wait_for("ready")
        for line in ("", "fly", '{"do":"fly"}', '{"do":"dial","number":"x"}', "x" * 9000, '{"do":"hang-up"}'):
            a.write(line)
        codes = [a.wait_for("error")["code"] for _ in range(5)]
        assert codes == ["bad-command", "bad-command", "bad-number", "too-large", "no-such-call"]
        a.do("dial", number="1002")
        assert a.wait_for("error")["code"] == "not-signed-in"
        assert a.quit() == 0


def test_a_wrong_password_is_refused_with_the_next_step(provider: Provider, tmp_path: Path) -> None:
    with HeadlessPhone(provider.url, tmp_path / "a", "--camera", "none", "--mic", "none", *QUIET) as a:
        a.wait_for("ready")
        a.do("sign-in", number="1001", password="not it")
        error = a.wait_for("error")
        assert error["code"] == "sign-in-refused"
        assert error["next_step"]
