import argparse
import asyncio
import io
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import formatdate
from pathlib import Path

import pytest

from vidphone.account.profile import set_aside
from vidphone.media.devices import Device
from vidphone.phone.doctor import add_arguments, command, machine, network, rates, run
from vidphone.phone.doctor.findings import Finding, Level, fail, ok, warn
from vidphone.texts import Language, catalogue
from vidphone.wire.http import Health
from vidphone.wire.signaling import PROTOCOL_VERSION


@asynccontextmanager
async def service(body: bytes, date: str) -> AsyncIterator[str]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.readline():
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nDate: {date}\r\nConnection: close\r\n\r\n"
            writer.write(head.encode() + body)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    await server.wait_closed()


async def looked_at(address: str) -> dict[str, Level]:
    return {finding.key: finding.level async for finding in network.service(address)}


def health(protocol: int = PROTOCOL_VERSION) -> bytes:
    return Health(status="ok", version="9.9", protocol=protocol).model_dump_json().encode()


async def test_a_good_service_is_followed_to_its_clock() -> None:
    async with service(health(), formatdate(usegmt=True)) as address:
        assert await looked_at(address) == {
            "doctor.name": Level.OK,
            "doctor.connection": Level.OK,
            "doctor.service": Level.OK,
            "doctor.clock-right": Level.OK,
        }


async def test_a_clock_that_is_wrong_is_told_with_its_seconds() -> None:
    async with service(health(), formatdate(time.time() + 300, usegmt=True)) as address:
        found = [finding async for finding in network.service(address)]
    (clock,) = [finding for finding in found if finding.key == "doctor.clock"]
    assert clock.level is Level.WARN
    assert abs(int(clock.places["seconds"]) - 300) <= 2


async def test_a_service_of_another_protocol_is_told() -> None:
    async with service(health(protocol=PROTOCOL_VERSION + 1), formatdate(usegmt=True)) as address:
        assert (await looked_at(address))["error.service-incompatible"] is Level.FAIL


async def test_what_is_no_vidphone_service_is_told() -> None:
    async with service(b"<html>", formatdate(usegmt=True)) as address:
        assert (await looked_at(address))["error.service-incompatible"] is Level.FAIL


async def test_the_first_step_that_fails_is_the_last() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
        assert await looked_at(address) == {"doctor.name": Level.OK, "doctor.no-connection": Level.FAIL}
    assert await looked_at("http://phone.example") == {"error.service-not-secure": Level.FAIL}
    assert (await looked_at("https://no-such-name.invalid")) == {"doctor.name-unknown": Level.FAIL}


async def test_a_plain_service_behind_https_is_told() -> None:
    async with service(health(), "x") as address:
        found = await looked_at(address.replace("http:", "https:"))
    assert found["doctor.tls-failed"] is Level.FAIL


async def test_behind_a_proxy_only_the_service_itself_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    async with service(health(), formatdate(usegmt=True)) as address:
        assert await looked_at(address) == {
            "doctor.proxy": Level.WARN,
            "doctor.service": Level.OK,
            "doctor.clock-right": Level.OK,
        }


def test_missing_devices_are_warnings_with_a_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vidphone.media.capture.camera.list_cameras", lambda: ())
    monkeypatch.setattr(
        "vidphone.media.sound.devices.list_speakers", lambda: (Device("a", "One", True), Device("b", "Two", False))
    )
    (camera,), (speakers,) = machine.cameras(), machine.speakers()
    assert (camera.key, camera.level) == ("error.no-camera", Level.WARN)
    assert camera.next_step(Language.ENGLISH)
    assert speakers.sentence(Language.ENGLISH) == "Speakers: One, Two."


def test_damaged_files_of_the_profile_are_named(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text("{")
    aside = set_aside(tmp_path / "settings.json")
    (finding,) = machine.profile(tmp_path)
    assert finding.level is Level.WARN
    assert str(aside) in finding.sentence(Language.CHINESE)


def test_a_part_that_cannot_even_be_looked_at_is_a_finding(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken() -> list[Finding]:
        raise ImportError("libfoo.so.1: cannot open shared object file")

    monkeypatch.setattr(machine, "cameras", broken)
    found = command.examine(tmp_path, rates.Who("", ""))
    (finding,) = [finding for finding in found if finding.key == "doctor.broken"]
    assert "libfoo.so.1" in finding.sentence(Language.ENGLISH)
    assert [finding.key for finding in found if finding.key == "doctor.udp"]


@pytest.mark.parametrize(("worst", "code"), [(ok("udp"), 0), (warn("no-service"), 0), (fail("no-network"), 1)])
def test_the_exit_code_says_whether_calls_are_possible(
    worst: Finding, code: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "examine", lambda _directory, _service: [ok("udp"), worst])
    parser = argparse.ArgumentParser()
    add_arguments(parser, "doctor")
    assert run("doctor", parser.parse_args(["--profile", str(tmp_path), "--json", "--language", "zh"])) == code
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is (code == 0)
    assert told["findings"][1]["level"] == worst.level.value


def test_lines_carry_the_next_step_below() -> None:
    out = io.StringIO()
    command.write_lines([ok("udp"), fail("no-network")], Language.ENGLISH, out)
    assert out.getvalue() == (
        "ok    UDP works on this machine.\n"
        "fail  This machine is in no network.\n"
        "      → Connect to Wi-Fi or plug in a cable.\n"
    )


def test_every_problem_has_a_next_step() -> None:
    texts = catalogue(Language.ENGLISH)
    fine = {"program", "codec", "cameras", "microphones", "speakers", "keyring", "profile", "network", "udp"}
    fine |= {"codec-received", "name", "connection", "certificate", "service", "clock-right"}
    problems = {key for key in texts if key.startswith("doctor.") and not key.endswith(".next")}
    assert {key for key in problems if f"{key}.next" not in texts} == {f"doctor.{name}" for name in fine}
