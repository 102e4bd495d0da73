"""`vidphone demo`: starts the service and two windows, and tells what the call between them came to."""

import argparse
import contextlib
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx

from vidphone.demo.figures import result

DESCRIPTION = """\
Shows the main job: the provider's service with its embedded database, two phones of two customers, and a call from
one to the other. Camera and microphone are real where there are any; else the picture is a moving test picture and
the sound recorded speech. With a display there are two windows to use. Without one the same windows run unseen for
--seconds and leave pictures of themselves in --out. The last line is one JSON object: ok, setup_ms, a (the caller),
b (the callee). The exit code is 0 only when both sides saw and heard each other.
"""

START_S = 30.0
LEAVE_S = 30.0
CALLER, CALLEE = "1001", "1002"
NAMES = {CALLER: "林晓雨", CALLEE: "Alex Morgan"}


def add_arguments(parser: argparse.ArgumentParser, _command: str) -> None:
    """The options of `vidphone demo`."""
    parser.description = DESCRIPTION
    parser.add_argument("--seconds", type=float, default=20.0, help="how long the call lasts without a display (20)")
    parser.add_argument("--out", default="demo-out", metavar="DIR", help="where pictures go (demo-out)")
    parser.add_argument("--offscreen", action="store_true", help="do as without a display")
    parser.add_argument("--window", choices=["a", "b"], help=argparse.SUPPRESS)
    parser.add_argument("--service", default="", help=argparse.SUPPRESS)
    parser.add_argument("--profile", default="", help=argparse.SUPPRESS)


def run(_command: str, arguments: argparse.Namespace) -> int:
    """Run the demonstration; 0 when both sides saw and heard each other."""
    if arguments.window:
        from vidphone.demo.window import run_window  # noqa: PLC0415 - Qt is loaded in the windows' processes only

        return run_window(arguments)
    unseen = arguments.offscreen or not has_display()
    out = Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="vidphone-demo-") as folder, service(Path(folder) / "service") as url:
        _say(f"The service listens at {url}. {CALLER} calls {CALLEE}.")
        windows = {
            side: _start_window(side, url, Path(folder) / side, out, arguments.seconds, unseen=unseen)
            for side in ("b", "a")
        }
        if unseen:
            limit_s: float | None = START_S + arguments.seconds + LEAVE_S
        else:
            limit_s = None
            _say("Use the two windows; quit both, or press Ctrl-C here, to end.")
        sides = {side: _finish(process, limit_s) for side, process in windows.items()}
    told = result(sides["a"], sides["b"])
    print(json.dumps(told, ensure_ascii=False), flush=True)  # noqa: T201 - the result
    return 0 if told["ok"] else 1


def has_display() -> bool:
    """Whether windows can be shown."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextlib.contextmanager
def service(data: Path) -> Iterator[str]:
    """A service with the two customers; the address it listens at.

    Raises:
        SystemExit: it did not start; what it said is told.
    """
    command = [sys.executable, "-m", "vidphone"]
    log = data.parent / "service.log"
    for number, name in NAMES.items():
        customer = ("--number", number, "--name", name, "--paper", "demo")
        subprocess.run(
            [*command, "admin", "add", "--data", str(data), *customer, "--password-stdin"],
            input=_password(),
            text=True,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    with log.open("w") as told:
        process = subprocess.Popen(
            [*command, "serve", "--data", str(data), "--port", "0"], stdout=subprocess.PIPE, stderr=told, text=True
        )
        try:
            yield _wait_for_service(process, log)
        finally:
            process.terminate()
            try:
                process.wait(LEAVE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()


def _wait_for_service(process: "subprocess.Popen[str]", log: Path) -> str:
    assert process.stdout is not None  # noqa: S101 - asked for above
    for line in process.stdout:
        address = next((word.rstrip(".,") for word in line.split() if word.startswith("http")), "")
        if address:
            _wait_until_healthy(address)
            return address
    raise SystemExit(f"The service did not start:\n{log.read_text()[-2000:]}")


def _wait_until_healthy(address: str) -> None:
    until_s = time.monotonic() + START_S
    while time.monotonic() < until_s:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{address}/health", timeout=1.0).is_success:
                return
        time.sleep(0.05)
    raise SystemExit("The service does not answer.")


_PASSWORD = secrets.token_urlsafe(12)


def _password() -> str:
    return _PASSWORD


def _start_window(
    side: str, url: str, profile: Path, out: Path, seconds: float, *, unseen: bool
) -> "subprocess.Popen[str]":
    environment: Mapping[str, str] = {
        **os.environ,
        "VIDPHONE_DEMO_PASSWORD": _password(),
        **({"QT_QPA_PLATFORM": f"offscreen:configfile={_screen(profile.parent)}"} if unseen else {}),
    }
    command = [sys.executable, "-m", "vidphone", "demo", "--window", side, "--service", url, "--profile", str(profile)]
    command += ["--out", str(out), "--seconds", str(seconds)]
    if unseen:
        command.append("--offscreen")
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def _screen(folder: Path) -> Path:
    """Describes a screen to Qt's offscreen platform, whose own one is 800x800: windows open no larger than theirs."""
    path = folder / "screen.json"
    screen = {"name": "demo", "x": 0, "y": 0, "width": 1920, "height": 1080, "logicalDpi": 96, "logicalBaseDpi": 96}
    path.write_text(json.dumps({"screens": [{**screen, "dpr": 1}]}))
    return path


def _finish(process: "subprocess.Popen[str]", limit_s: float | None) -> dict[str, object]:
    """The figures that a window's process ended with; none where it failed."""
    try:
        said, _ = process.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        process.kill()
        said, _ = process.communicate()
        _say("A window did not finish in time.")
    except KeyboardInterrupt:  # the windows were interrupted too, or are asked to leave now
        process.terminate()
        said, _ = process.communicate()
    lines = [line for line in said.splitlines() if line.startswith("{")]
    return json.loads(lines[-1]) if lines else {"ok": False, "saw": False, "heard": False}


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201 - a person waits
