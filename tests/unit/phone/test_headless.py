"""The shell that reads and writes JSON lines, over a phone that only keeps what it was told."""

import argparse
import io
import json
import sys
from pathlib import Path

import pytest

from vidphone.account import settings
from vidphone.account.settings import Settings
from vidphone.media.process.switches import VoiceProcessing
from vidphone.media.slot import PictureSlot
from vidphone.phone import commands, events, headless
from vidphone.phone.engine import Emit, MakePhone


class Hearing:
    """A phone that keeps what it is asked."""

    def __init__(self) -> None:
        self.heard: list[commands.Command] = []

    def maker(self, *_: object) -> MakePhone:
        def make(emit: Emit, remote: PictureSlot, local: PictureSlot) -> Hearing:
            self.emit = emit
            return self

        return make

    async def start(self) -> None:
        self.emit(events.SignedIn("", "1001", "张三"))

    def perform(self, command: commands.Command) -> None:
        self.heard.append(command)

    async def close(self) -> None:
        pass


def run(
    monkeypatch: pytest.MonkeyPatch, profile: Path, lines: bytes, *options: str
) -> tuple[Hearing, list[dict[str, object]]]:
    phone, out = Hearing(), io.BytesIO()
    monkeypatch.setattr(headless, "phone_maker", phone.maker)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines), encoding="ascii"))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding="ascii"))
    monkeypatch.setattr(headless, "log_into", lambda _: None)
    parser = argparse.ArgumentParser()
    headless.add_arguments(parser, "phone")
    headless.run("phone", parser.parse_args(["--headless", "--profile", str(profile), *options]))
    said = [json.loads(line) for line in out.getvalue().decode("utf-8").splitlines()]
    sys.stdin.close()
    sys.stdout.close()
    return phone, said


def test_lines_are_utf_8_and_other_bytes_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    record = json.dumps({"do": "record", "path": "通话.mkv"}, ensure_ascii=False).encode()
    phone, said = run(monkeypatch, tmp_path, b"\xff\xfe\n" + record + b"\n")
    assert phone.heard == [commands.Record(Path("通话.mkv"))]
    assert [line.get("code") for line in said if line["event"] == "error"] == ["bad-command"]
    assert [line["name"] for line in said if line["event"] == "signed-in"] == ["张三"]


@pytest.mark.parametrize(
    ("options", "service"), [((), "https://kept.example"), (("--service", "https://b.example"), "https://b.example")]
)
def test_the_service_is_the_one_named_or_that_of_last_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, options: tuple[str, ...], service: str
) -> None:
    settings.save(tmp_path, Settings(service="https://kept.example"))
    phone, _ = run(monkeypatch, tmp_path, b'{"do":"sign-in","number":"1001","password":"geheim"}\n', *options)
    assert phone.heard == [commands.SignIn(service, "1001", "geheim")]


@pytest.mark.parametrize(
    ("text", "switches"),
    [
        ("", None),
        ("none", VoiceProcessing(echo=False, noise=False, gain=False)),
        ("echo", VoiceProcessing(noise=False, gain=False)),
        ("gain,echo,noise", VoiceProcessing()),
    ],
)
def test_what_is_done_to_the_voice_can_be_said(text: str, switches: VoiceProcessing | None) -> None:
    assert headless.voice_processing(text) == switches


def test_another_word_for_the_voice_is_refused() -> None:
    with pytest.raises(SystemExit, match="--voice: echo,reverb is not"):
        headless.voice_processing("echo,reverb")
