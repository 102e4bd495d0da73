"""The frozen program: made once by PyInstaller, installed as a person would have it, and changed as a rebuild would."""

import importlib
import json
import os
import py_compile
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidphone.installation.tree import Installation

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
FROZEN = "VIDPHONE_FROZEN"
"""Names the folder of an earlier run of `packaging/package.py --freeze-only`, which then is used again."""
ENDS_WITHIN_S = 20.0


@dataclass(frozen=True)
class FrozenProgram:
    """The folders that PyInstaller made."""

    program: Path
    launcher: Path

    @classmethod
    def made(cls, folder: Path) -> "FrozenProgram":
        """Freeze this checkout, the one run of PyInstaller of a test."""
        given = os.environ.get(FROZEN)
        build = Path(given) if given else folder / "package"
        if not given:
            command = [sys.executable, str(PACKAGING / "package.py"), "--freeze-only", "--build", str(build)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
        return cls(build / "frozen" / "program", build / "frozen" / "launcher")

    def of_operator(self, folder: Path, root: bytes, service: str) -> Path:
        """A copy of the program with what `--operator` bakes in."""
        program = folder / "program"
        shutil.copytree(self.program, program, copy_function=os.link)
        upgrades = program / "_internal/vidphone/assets/upgrades"
        upgrades.mkdir()
        (upgrades / "root.json").write_bytes(root)
        (upgrades / "operator.json").write_text(json.dumps({"service": service, "channel": "stable"}))
        return program

    def installed(self, program: Path, epoch: int, root: Path) -> str:
        """Install a program with this launcher into `root`; the name of the build."""
        layout = packaging_module("layout")
        build = layout.named(program, epoch, 1)
        layout.lay_out(build, self.launcher, root)
        name: str = build.name
        return name


def packaging_module(name: str) -> Any:
    """A module of the scripts in `packaging`, which are no package."""
    folders = [str(PACKAGING / folder) for folder in ("linux", "frozen")]
    sys.path[:0] = folders
    try:
        return importlib.import_module(name)
    finally:
        for folder in folders:
            sys.path.remove(folder)


def rebuilt(program: Path, folder: Path, module: str, edit: tuple[str, str]) -> Path:
    """A copy of a frozen program as freezing it again would make it after one module's source was edited.

    Our modules lie beside the archive as `.pyc` files, compiled one by one; the others do not change with them.
    """
    copy = folder / "program"
    shutil.copytree(program, copy, copy_function=os.link)
    path = Path(*module.split("."))
    path = path / "__init__" if (ROOT / path).is_dir() else path
    source = (ROOT / path).with_suffix(".py").read_text(encoding="utf-8")
    assert source.count(edit[0]) == 1
    changed = folder / "changed.py"
    changed.write_text(source.replace(*edit), encoding="utf-8")
    compiled = (copy / "_internal" / path).with_suffix(".pyc")
    compiled.unlink()  # it is one file with that of the other program
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(str(changed), str(compiled), f"{path}.py", doraise=True, invalidation_mode=unchecked)
    compiled.chmod(0o644)
    return copy


class Window:
    """The installed program with its window, started by the launcher as from a menu."""

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self.installation = Installation(root)
        self._proved = self.installation.state().healthy
        self._began = time.time()
        self.process = subprocess.Popen([root / "launcher" / "vidphone"], env=dict(environment))

    def works_as(self, build_id: str, within_s: float) -> None:
        """Wait until that build's window, engine and media work.

        A build on trial says so; one that has proved itself before looks through its files next, and finds them whole.
        """
        until_s = time.monotonic() + within_s
        while not (self._looked_through(build_id) if build_id in self._proved else self._healthy(build_id)):
            assert self.process.poll() is None, f"the launcher left with {self.process.returncode}"
            assert time.monotonic() < until_s, f"{build_id} does not work; current is {self.installation.current()}"
            time.sleep(0.1)

    def _healthy(self, build_id: str) -> bool:
        return build_id in self.installation.state().healthy

    def _looked_through(self, build_id: str) -> bool:
        check = self.installation.last_check()
        if check is None or check.build_id != build_id or check.at < self._began:
            return False
        assert check.altered == ()
        return True

    def close(self) -> None:
        """End it as a session does; it leaves in order."""
        self.process.terminate()
        code = self.process.wait(ENDS_WITHIN_S)
        assert code == 0, f"the launcher left with {code}"

    def end(self) -> None:
        """End it whatever it does; the launcher takes the program with it where it can."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
