"""The phone without a window: the shell that reads JSON lines and writes JSON lines."""

import argparse
import io
import json
import queue
import signal
import sys
import threading
import time
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from vidphone.account import settings
from vidphone.account.profile import Profile
from vidphone.installation.launcher import RESTART
from vidphone.media.process.switches import VoiceProcessing
from vidphone.phone.account_lines import Line, SignUpLine, error_line
from vidphone.phone.build import phone_maker
from vidphone.phone.commands import ShellReady
from vidphone.phone.diagnosis.crashes import CrashNotebook
from vidphone.phone.engine import EngineThread
from vidphone.phone.events import Ready, RestartWanted
from vidphone.phone.lines import MAX_LINE_CHARACTERS, LineWriter, Quit, command_from
from vidphone.phone.logs import log_into
from vidphone.phone.options import PhoneOptions
from vidphone.texts import Language, system_language
from vidphone.wire.errors import VidphoneError

if TYPE_CHECKING:
    from vidphone.phone.events import Event
    from vidphone.phone.sign_up_driver import SignUpDriver

DESCRIPTION = """\
The phone. Without --headless the window opens, which takes --profile only: the rest is in its settings. With it the
same phone is driven by JSON lines on standard input and answers with JSON lines on standard output.

commands, one a line:
  {"do": "sign-in", "number": "1001", "password": "…"}
  {"do": "dial", "number": "1002", "video": true}
  {"do": "answer", "video": true}      {"do": "decline"}      {"do": "hang-up"}
  {"do": "mute", "on": true}           {"do": "camera", "on": false}
  {"do": "hold", "on": true}           {"do": "dtmf", "digits": "12#"}
  {"do": "record", "path": "call.mkv"} (null stops)
  {"do": "stats"}   {"do": "devices"}   {"do": "sign-out"}   {"do": "quit"}
becoming a customer, and the account (docs/headless.md has them in full):
  {"do": "sign-up"} (the offer)        {"do": "numbers", "containing": "88"}
  {"do": "sign-up", "accept": "<hash of the agreement>", "data": {…}, "consent": true, "plan": "…", …}
  {"do": "agreement"}   {"do": "my-data"}   {"do": "review"}   {"do": "password", "old": "…", "new": "…"}
the network, upgrades and reports of problems:
  {"do": "test-network"}
  {"do": "check-upgrade"}   {"do": "delay-upgrade", "hours": 24}   {"do": "install-upgrade"}
  {"do": "report", "words": "…"}   {"do": "send-report"}   {"do": "save-report", "path": "report.txt"}
prices, credit, bills and payments:
  {"do": "quote", "number": "1002"}    {"do": "account"}   {"do": "charges"}   {"do": "bills"}
  {"do": "pay", "amount_fen": 5000}    {"do": "credit-limit", "limit_fen": 20000}   {"do": "plans"}

events, one a line: ready, signed-in, link, dialling, ringing, incoming, connected, first-frame, comparison-code,
peer, stats, reconnecting, reconnected, recording, dtmf, device, devices, ended, signed-out, error, sign-up, numbers,
agreement, my-data, disclosures, review, charging, quote, account, standing, charges, bills, bill, payment-begun, plans,
upgrade, restart, altered, report, crash-found, network-step, network, and what tells that one of these was done.
A line that is no command gets an error and nothing else happens. The end of standard input is the same as quit,
unless --seconds is given; SIGTERM is always. Exit code: 0 it left as asked, 1 it could not start, 75 another version
of it is installed and is to be started.
"""

POLL_S = 0.5
FAILED = 1


def add_arguments(parser: argparse.ArgumentParser, _command: str) -> None:
    """The options of `vidphone phone`."""
    parser.description = DESCRIPTION
    parser.add_argument("--headless", action="store_true", help="no window: JSON lines in and out")
    parser.add_argument("--service", default="", metavar="URL", help="the provider's service (default: as last time)")
    parser.add_argument("--profile", default="", metavar="DIR", help="where settings, contacts and history are kept")
    parser.add_argument("--camera", default="", metavar="FILE|test|none", help="default: the system's camera")
    parser.add_argument("--mic", default="", metavar="FILE|tone|none", help="default: the system's microphone")
    parser.add_argument("--speaker", default="", metavar="none|NAME", help="default: the system's speaker")
    parser.add_argument(
        "--voice", default="", metavar="echo,noise,gain|none", help="what is done to the microphone's sound"
    )
    parser.add_argument(
        "--record", default="", metavar="FILE", help="record every call, both ways; both sides are told"
    )
    parser.add_argument("--size", default="1280x720", metavar="WxH", help="size of the picture sent (default 1280x720)")
    parser.add_argument("--seconds", type=float, default=0.0, metavar="N", help="hang up and leave after N seconds")
    parser.add_argument("--language", choices=[language.value for language in Language], help="of messages")


def run(_command: str, arguments: argparse.Namespace) -> int:
    """Run the phone without a window until it is told to quit; the exit code."""
    language = Language(arguments.language) if arguments.language else system_language()
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "backslashreplace")):
        use_utf_8(stream, errors)
    width, height = picture_size(arguments.size)
    with Profile.open(Path(arguments.profile) if arguments.profile else None) as profile:
        log_into(profile.directory)
        notebook = CrashNotebook(profile.directory)
        notebook.open()
        options = PhoneOptions(
            camera=arguments.camera,
            microphone=arguments.mic,
            speaker=arguments.speaker,
            record=Path(arguments.record) if arguments.record else None,
            width=width,
            height=height,
            voice=voice_processing(arguments.voice),
            keep_token=False,
        )
        service = arguments.service or settings.load(profile.directory).service
        shell = Headless(EngineThread(phone_maker(profile, options)), service, language, sys.stdout)
        signal.signal(signal.SIGTERM, lambda _number, _frame: shell.leave())
        code = shell.run(sys.stdin, arguments.seconds or None)
        notebook.close()
        return code


def use_utf_8(stream: TextIO, errors: str) -> None:
    """Speak UTF-8, as JSON is (RFC 8259, 8.1), whatever the system's own encoding.

    With `surrogateescape`, a line of other bytes comes in as one that is no JSON, so it is refused like any other.
    """
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors=errors)


def picture_size(text: str) -> tuple[int, int]:
    """Width and height in pixels of `1280x720`; even numbers, as the codecs want them.

    Raises:
        SystemExit: it is not of that form, or not between 160x90 and 1920x1080.
    """
    width, _, height = text.partition("x")
    if width.isdecimal() and height.isdecimal() and 160 <= int(width) <= 1920 and 90 <= int(height) <= 1080:
        return int(width) & ~1, int(height) & ~1
    raise SystemExit(f"--size: {text} is not of the form 1280x720, from 160x90 to 1920x1080")


def voice_processing(text: str) -> VoiceProcessing | None:
    """The switches of `echo,noise,gain`, of some of them, or of `none`; None where nothing is said.

    Raises:
        SystemExit: it names something else.
    """
    if not text:
        return None
    names = set() if text == "none" else set(text.split(","))
    if names - {field.name for field in fields(VoiceProcessing)}:
        raise SystemExit(f"--voice: {text} is not some of echo,noise,gain, nor none")
    return VoiceProcessing(echo="echo" in names, noise="noise" in names, gain="gain" in names)


class Headless:
    """Pumps lines into the engine and events out of it, on the main thread."""

    def __init__(self, engine: EngineThread, service: str, language: Language, out: TextIO) -> None:
        self._engine = engine
        self._service = service
        self._language = language
        self._out = out
        self._writer = LineWriter(language)
        self._inputs: queue.Queue[str | None] = queue.Queue(maxsize=256)
        self._wake = threading.Event()
        self._leaving = False
        self._code = 0
        self._driver: SignUpDriver | None = None

    def leave(self) -> None:
        """Hang up and leave within `POLL_S`. Safe in a signal handler: it takes no lock that `run` may hold."""
        self._leaving = True

    def run(self, commands_in: TextIO, seconds: float | None) -> int:
        """Until quit, `leave`, the end of input, or `seconds` have passed (0), or the engine ends by itself (1).

        75 where another version was put in place.
        """
        until_s = None if seconds is None else time.monotonic() + seconds
        self._engine.on_events = self._wake.set
        self._engine.start()
        threading.Thread(target=self._read, args=(commands_in,), name="standard input", daemon=True).start()
        try:
            while not self._leaving and (until_s is None or time.monotonic() < until_s):
                left_s = POLL_S if until_s is None else max(0.0, min(POLL_S, until_s - time.monotonic()))
                self._wake.wait(left_s)
                self._wake.clear()
                runs = self._engine.runs
                self._write_events()
                if not runs:
                    return FAILED
                if not self._take_inputs(ends=until_s is None):
                    break
        finally:
            self._engine.stop()
            self._write_events()
        return self._code

    def _read(self, commands_in: TextIO) -> None:
        while line := commands_in.readline(MAX_LINE_CHARACTERS + 2):
            while len(line) > MAX_LINE_CHARACTERS and not line.endswith("\n"):  # the rest of a line too long
                rest = commands_in.readline(MAX_LINE_CHARACTERS)
                if not rest or rest.endswith("\n"):
                    break
            if line.strip():
                self._inputs.put(line.strip("\r\n"))
                self._wake.set()
        self._inputs.put(None)
        self._wake.set()

    def _take_inputs(self, *, ends: bool) -> bool:
        """Do what was asked for; False where it is time to leave."""
        while True:
            try:
                line = self._inputs.get_nowait()
            except queue.Empty:
                return True
            if line is None:
                if ends:
                    return False
                continue
            try:
                command = command_from(line, self._service)
            except VidphoneError as error:
                self._write(error_line(error.code, self._language, error.about or {}))
                continue
            if isinstance(command, Quit):
                return False
            if isinstance(command, SignUpLine):
                command = self._sign_ups().begin(command)
            self._engine.post(command)

    def _sign_ups(self) -> "SignUpDriver":
        from vidphone.phone.sign_up_driver import SignUpDriver  # noqa: PLC0415 - reads tables; most runs need none

        self._driver = self._driver or SignUpDriver(self._service, self._language)
        return self._driver

    def _go_on(self, event: "Event") -> None:
        """Where a sign-up is under way, take its next step."""
        if self._driver is None:
            return
        try:
            command = self._driver.answer(event)
        except VidphoneError as error:
            self._write(error_line(error.code, self._language, error.about or {}))
            return
        if command is not None:
            self._engine.post(command)

    def _write_events(self) -> None:
        for event in self._engine.take_events():
            if isinstance(event, Ready):
                self._engine.post(ShellReady())
            elif isinstance(event, RestartWanted):
                self._code, self._leaving = RESTART, True
            self._go_on(event)  # before the line: what it tells of is done by then
            for line in self._writer.lines(event, time.monotonic()):
                self._write(line)

    def _write(self, line: Line) -> None:
        self._out.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._out.flush()
