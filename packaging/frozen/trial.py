"""Installs a self-installing archive for a person who does not exist, and starts it until it calls itself healthy."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import contents  # noqa: F401 - makes `vidphone` of this checkout importable
import layout

from vidphone.installation.tree import Installation

HEALTHY_WITHIN_S = 90.0
LEAVES_WITHIN_S = 20.0
LOOK_EVERY_S = 0.02


def install_and_start(archive: Path, folder: Path) -> dict[str, object]:
    """Install into a clean home in `folder`, start twice, uninstall; what it took, in seconds.

    Raises:
        SystemExit: the installer refused, the program did not become healthy, or something stayed behind.
    """
    shutil.rmtree(folder, ignore_errors=True)
    home = folder / "home"
    home.mkdir(parents=True)
    root = home / ".local/share/vidphone/program"
    with screen() as shown:
        environment = clean_environment(home) | shown
        began_s = time.monotonic()
        _run(["sh", str(archive)], environment)
        installed_s = time.monotonic() - began_s
        starts = [start_until_healthy(root, environment) for _ in range(2)]
    checked = subprocess.run(
        [root / "launcher" / "vidphone", "doctor"], env=environment, capture_output=True, text=True, check=False
    )
    if checked.returncode:
        raise SystemExit(f"the installed program's doctor: {checked.stdout}{checked.stderr}")
    profile = root.parent
    own = {path for path in profile.rglob("*") if path.is_file() and not path.is_relative_to(root)}
    _run([str(root / "uninstall")], environment)
    gone = {path for path in own if not path.exists()}
    if not own or gone:
        raise SystemExit(f"the uninstaller took what is the person's: {', '.join(map(str, sorted(gone)))}")
    left = [path for path in home.rglob("*vidphone*") if not path.is_dir() and not path.is_relative_to(profile)]
    if root.exists() or left:
        raise SystemExit(f"the uninstaller left {', '.join(map(str, left)) or root}")
    took = {"installed_s": installed_s, "first_start_s": starts[0], "warm_start_s": starts[1]}
    return {name: round(seconds, 2) for name, seconds in took.items()}


def clean_environment(home: Path) -> dict[str, str]:
    """Nothing of this session but the path and the language: no keyring, no sound server, no profile."""
    runtime = home / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    return kept | {"HOME": str(home), "XDG_RUNTIME_DIR": str(runtime)}


@contextmanager
def screen() -> Iterator[dict[str, str]]:
    """Variables for a screen nobody sees: Xvfb's, or Qt's own where there is no Xvfb."""
    if shutil.which("Xvfb") is None:
        yield {"QT_QPA_PLATFORM": "offscreen"}
        return
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as told:
            number = told.readline().strip()
        try:
            yield {"DISPLAY": f":{number}"}
        finally:
            server.terminate()


def start_until_healthy(root: Path, environment: dict[str, str]) -> float:
    """Seconds from starting the launcher until the program has said that it is healthy; it is then ended by SIGTERM.

    Raises:
        SystemExit: it did not become healthy, or did not leave with 0.
    """
    installation = Installation(root)
    build_id = installation.current()
    (root / "state.json").unlink(missing_ok=True)  # each time as at the first
    began_s = time.monotonic()
    with subprocess.Popen([root / layout.LAUNCHER / "vidphone"], env=environment) as program:
        try:
            while build_id not in installation.state().healthy:
                if program.poll() is not None or time.monotonic() - began_s > HEALTHY_WITHIN_S:
                    raise SystemExit(f"{build_id} did not become healthy (exit code {program.poll()})")
                time.sleep(LOOK_EVERY_S)
            took_s = time.monotonic() - began_s
            program.terminate()
            if code := program.wait(LEAVES_WITHIN_S):
                raise SystemExit(f"{build_id} left with {code} after SIGTERM")
        finally:
            program.kill()
    return took_s


def _run(command: list[str], environment: dict[str, str]) -> None:
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise SystemExit(f"{command[-1]}: {answer.stdout}{answer.stderr}")
