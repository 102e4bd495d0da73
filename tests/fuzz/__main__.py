"""Break the inputs of every reader that takes bytes of a stranger, a million times each.

    python -m tests.fuzz [--runs N] [--seed N] [--engine atheris|chance] [TARGET ...]

Each target runs in a process of its own, atheris' by preference (`pip install -e '.[fuzz]'`). Told are crashes (an
exception that the reader does not say it raises), hangs (5 s of CPU), the slowest input's CPU time, and growth: memory
and Python objects after a twentieth of the runs and after all. The exit code tells whether there were crashes or hangs.
"""

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.fuzz.engines import by_chance, by_coverage
from tests.fuzz.target import Target

TOLD_LINES = 25
SLOW_MS = 20.0


def load(name: str) -> Target:
    """The target of a name; only here are the readers imported."""
    from tests.fuzz.targets import TARGETS  # noqa: PLC0415 - see above

    return TARGETS[name]


def names() -> list[str]:
    from tests.fuzz.targets import TARGETS  # noqa: PLC0415 - in the parent only

    return list(TARGETS)


def child(arguments: argparse.Namespace) -> None:
    """Fuzz one target in this process."""
    name, folder = arguments.targets[0], Path(arguments.child)
    report = folder / "report.json"
    if arguments.engine == "atheris":
        by_coverage(lambda: load(name), arguments.runs, arguments.seed, report, folder)
    else:
        by_chance(load(name), arguments.runs, arguments.seed, report)


def fuzz(name: str, arguments: argparse.Namespace, folder: Path) -> bool:
    """Fuzz one target in a process of its own and tell what came of it; whether all went well."""
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "tests.fuzz", "--child", str(folder), "--engine", arguments.engine]
    command += ["--runs", str(arguments.runs), "--seed", str(arguments.seed), name]
    began_s = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    took_s = time.monotonic() - began_s
    path = folder / "report.json"
    told: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {"runs": 0}
    found = sorted(one for kind in ("crash", "timeout", "oom") for one in folder.glob(f"{kind}-*"))
    well = done.returncode == 0 and not found
    first, last = told.get("first", {}), told.get("last", {})
    print(
        f"{name:20} {'ok' if well else 'FAILED':6} {told['runs']:>9} inputs {took_s:7.1f} s  "
        f"slowest {told.get('slowest_ms', 0):6.1f} ms  "
        f"memory {first.get('rss_mib', 0):.0f} -> {last.get('rss_mib', 0):.0f} MiB  "
        f"objects {first.get('objects', 0)} -> {last.get('objects', 0)}",
        flush=True,
    )
    if told.get("slowest_ms", 0) >= SLOW_MS:
        print(f"slow: {told['slowest']}")
    if not well:
        print("\n".join(done.stderr.splitlines()[-TOLD_LINES:]))
        for artifact in found:
            print(f"{artifact.name}: {artifact.read_bytes().hex()}")
    return well


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="all unless named")
    parser.add_argument("--runs", type=int, default=1_000_000, metavar="N", help="inputs for each (default: a million)")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    coverage = importlib.util.find_spec("atheris") is not None
    parser.add_argument("--engine", choices=("atheris", "chance"), default="atheris" if coverage else "chance")
    parser.add_argument("--child", default="", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        child(arguments)
        return 0
    known = names()
    if unknown := set(arguments.targets) - set(known):
        parser.error(f"no such target: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    with tempfile.TemporaryDirectory() as folder:
        results = [fuzz(name, arguments, Path(folder) / name) for name in arguments.targets or known]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
