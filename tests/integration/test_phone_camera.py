"""A camera that is pulled out, busy, and back, in the call of a whole phone; only its driver is a stand-in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.phones import HeadlessPhone, connect
from tests.support.provider import Provider

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    provider = Provider(tmp_path / "service")
    for number in ("1001", "1002"):
        provider.add_customer(number)
    with provider:
        yield provider


def test_a_camera_pulled_out_in_the_call_is_told_once_and_used_again_when_back(
    provider: Provider, tmp_path: Path
) -> None:
    state = tmp_path / "camera"
    state.write_text("works")
    driver = Path(__file__).parent.parent / "fakes" / "camera_driver"
    fake = {"PYTHONPATH": f"{driver}:{Path(__file__).parents[2]}", "FAKE_CAMERA": str(state)}
    silent = ("--mic", "tone", "--speaker", "none", "--size", "320x180")
    with (
        HeadlessPhone(provider.url, tmp_path / "a", *silent, environment=fake) as a,
        HeadlessPhone(provider.url, tmp_path / "b", *silent, "--camera", "none") as b,
    ):
        a.sign_in("1001")
        b.sign_in("1002")
        call = connect(a, b, "1002")
        b.has_said("first-frame")
        assert not a.heard("device")

        state.write_text("gone")
        lost = a.wait_for("device", kind="camera", code="camera-lost")
        assert lost["message"]
        assert lost["next_step"]
        before = b.wait_for("stats")
        for _ in range(8):  # several tries to open it again
            after = b.wait_for("stats")
        assert after["audio_packets"] > before["audio_packets"] + 200
        assert a.heard("device") == [lost]

        state.write_text("works")
        assert a.wait_for("device", kind="camera")["name"] == "Test camera"
        before = b.wait_for("stats")
        while b.wait_for("stats")["frames"] < before["frames"] + 20:
            pass
        assert len(a.heard("device")) == 2

        state.write_text("busy")
        a.wait_for("device", kind="camera", code="camera-lost")
        a.wait_for("device", kind="camera", code="camera-busy")
        for phone in (a, b):
            assert not phone.heard("reconnecting")
            assert not phone.heard("ended")
        a.do("hang-up")
        assert b.wait_for("ended", call=call)["reason"] == "hung-up"
