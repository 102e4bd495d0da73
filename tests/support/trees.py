"""Installed trees with small versions, and the fall of night in the middle of a step."""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from vidphone.installation import disk
from vidphone.installation.staging import Staging
from vidphone.installation.steps import Step
from vidphone.installation.tree import Installation

OLD, NEW, NEWER = "0.1.0+20261101.1-aaaaaaaa", "0.2.0+20261102.1-bbbbbbbb", "0.3.0+20261103.1-cccccccc"
SHARED = b"what no build changes" * 40


def program(says: str, code: int = 0) -> bytes:
    return f"#!/bin/sh\necho {says}\nexit {code}\n".encode()


def content(build_id: str, **more: bytes) -> dict[str, bytes]:
    """The files of a version: its program, what is the same in all, and what is not."""
    own = {"vidphone": program(build_id), "lib/shared.bin": SHARED, "lib/deep/own.bin": build_id.encode() * 9}
    return own | more


def manifest(build_id: str, files: Mapping[str, bytes], sequence: int | None = None) -> bytes:
    entries = [
        {
            "path": path,
            "mode": 0o755 if path == "vidphone" else 0o644,
            "size": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        for path, data in files.items()
    ]
    number = int(build_id.split(".")[1]) if sequence is None else sequence
    return json.dumps({"format": 1, "build_id": build_id, "sequence": number, "files": entries}).encode()


def fill(staging: Staging, files: Mapping[str, bytes]) -> None:
    for entry in staging.copy_unchanged():
        data = files[entry.path]
        staging.put(entry.path, [data[:7], data[7:]])
    staging.finish()


def install(installation: Installation, build_id: str, files: Mapping[str, bytes] | None = None) -> None:
    """Make a version, or go on with it; it is not current yet."""
    files = content(build_id) if files is None else files
    if build_id in installation.versions():
        return
    with installation.begin(build_id, manifest(build_id, files)) as staging:
        fill(staging, files)


def tree(root: Path, *builds: str, healthy: bool = True) -> Installation:
    """A tree in which these builds came one after the other, and proved themselves."""
    root.mkdir(parents=True, exist_ok=True)
    installation = Installation(root, environment={})
    for build_id in builds:
        install(installation, build_id)
        installation.switch(build_id)
        if healthy:
            installation.healthy(build_id)
    return installation


class PowerCut(BaseException):
    """No program hears of it, so nothing that handles errors may catch it."""


class Night:
    """Counts steps, cuts the power at one of them, and then loses from files what was not synced."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch, at: int | None = None) -> None:
        self.steps: list[Step] = []
        self._root = root
        self._at = at
        self._synced: dict[int, tuple[int, int]] = {}
        self._dark = False
        real = disk.sync_file

        def sync_file(path: Path) -> None:
            real(path)
            self._note(path)

        monkeypatch.setattr(disk, "sync_file", sync_file)
        for path in root.rglob("*"):
            self._note(path)
        unlink = Path.unlink

        def unlink_by_day(path: Path, missing_ok: bool = False) -> None:
            if not self._dark:  # who is dead does not clean up
                unlink(path, missing_ok)

        monkeypatch.setattr(Path, "unlink", unlink_by_day)

    def __call__(self, step: Step) -> None:
        self.steps.append(step)
        if self._at is not None and len(self.steps) > self._at:
            self._dark = True
            raise PowerCut(step)

    def morning(self) -> None:
        """What a disk may look like after a power cut: half of each file that was not synced."""
        self._dark = False
        for path in self._root.rglob("*"):
            if path.is_file() and self._synced.get(path.stat().st_ino) != _written(path):
                os.truncate(path, path.stat().st_size // 2)

    def _note(self, path: Path) -> None:
        if path.is_file():
            self._synced[path.stat().st_ino] = _written(path)


def _written(path: Path) -> tuple[int, int]:
    known = path.stat()
    return known.st_size, known.st_mtime_ns


def every_step(
    root: Path, prepare: Callable[[Path], None], act: Callable[[Installation], None], check: Callable[[Path], None]
) -> list[Step]:
    """Do `act` on a fresh tree once for each step in it, cut at that step; `check` the tree in the morning."""
    walked: list[Step] = []
    at = 0
    while True:
        place = root / str(at)
        place.mkdir()
        prepare(place)
        with pytest.MonkeyPatch.context() as monkeypatch:
            night = Night(place, monkeypatch, at)
            try:
                act(Installation(place, environment={}, reached=night))
            except PowerCut:
                night.morning()
                walked.append(night.steps[-1])
            else:
                return walked
        check(place)
        at += 1
