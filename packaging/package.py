"""Builds the packages: `make package`, or `.venv/bin/python packaging/package.py --help` (docs/packages.md).

It freezes the program, writes the `.deb` and the self-installing archive into `dist/`, installs the archive into a
clean folder and starts what came of it. The last line on standard output is a JSON object with what was made.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "frozen"), str(HERE / "linux")]

import archive  # noqa: E402
import deb  # noqa: E402
import desktop  # noqa: E402
import elf  # noqa: E402
import freeze  # noqa: E402
import layout  # noqa: E402
import trial  # noqa: E402

ROOT = HERE.parent
OPERATOR_SAYS = ("service", "channel", "name", "homepage", "component", "maintainer")
"""What `operator.json` may say: the service's address and the channel, for upgrades; the rest is shown."""
TOOLS = {"dpkg-deb": "dpkg", "readelf": "binutils", "objdump": "binutils", "xz": "xz-utils"}


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks for; the exit code."""
    asked = _arguments(arguments)
    if sys.platform != "linux":
        raise SystemExit(
            "here Linux packages are made; for Windows and macOS see packaging/windows and packaging/macos"
        )
    for tool, package in TOOLS.items():
        if shutil.which(tool) is None:
            raise SystemExit(f"{tool} is needed (on Debian and Ubuntu in the package {package})")
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or _git("log", "-1", "--format=%ct"))
    wish = freeze.Wish(asked.build, epoch, asked.operator, asked.pyav, gpl=not asked.without_gpl)
    frozen = freeze.freeze(wish)
    said = _operator(asked.operator)
    build = layout.named(frozen.program, epoch, asked.number, asked.sequence, said.get("channel", "stable"))
    (frozen.program.parent / "manifest.json").write_bytes(build.manifest)
    made: dict[str, object] = {
        "build": build.name,
        "program": str(frozen.program),
        "freezing_s": round(frozen.took_s, 1),
        "program_mb": _megabytes(frozen.program),
        "launcher_mb": _megabytes(frozen.launcher),
    }
    if not asked.freeze_only:
        made |= _packages(asked, frozen, build, epoch, said)
    print(json.dumps(made))  # noqa: T201
    return 0


def _packages(
    asked: argparse.Namespace, frozen: freeze.Frozen, build: layout.Build, epoch: int, said: dict[str, str]
) -> dict[str, object]:
    provider = _provider(said)
    maintainer = said.get("maintainer", f"{provider.name} <packages@{provider.id.rpartition('.')[0]}>")
    version, gpl = build.name.partition("+")[0], bool(freeze.gpl_libraries(frozen.program))
    glibc = max(elf.needed_glibc(frozen.program), elf.needed_glibc(frozen.launcher))
    asked.out.mkdir(parents=True, exist_ok=True)
    share = asked.build / "share"
    desktop.write(share, "@EXEC@", provider, version, epoch, gpl=gpl)
    machine = build.platform.partition("-")[2]
    name = f"vidphone-{build.name}-{build.platform}.run"
    contents = archive.Contents(
        frozen.program, frozen.launcher, share / "share", build.name, build.manifest, provider.id, machine, glibc, epoch
    )
    archive.write(contents, asked.out / name, level=asked.level)
    package = deb.Package(frozen.program, version, str(asked.number), glibc, provider, maintainer, epoch, gpl)
    debian = deb.write(package, asked.build / "deb", asked.out)
    started = trial.install_and_start(asked.out / name, asked.build / "trial")
    files = {path.name: round(path.stat().st_size / 1e6, 1) for path in (asked.out / name, debian)}
    return {"packages_mb": files, "glibc": ".".join(map(str, glibc)), "gpl": gpl, **started}


def _operator(folder: Path | None) -> dict[str, str]:
    """What the operator says of itself in `operator.json`; nothing where it is the project's own build."""
    if folder is None:
        return {}
    try:
        said = json.loads((folder / "operator.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SystemExit(f"{folder / 'operator.json'} cannot be read: {error}") from None
    if not isinstance(said, dict) or not all(isinstance(value, str) for value in said.values()):
        raise SystemExit(f"{folder / 'operator.json'}: an object of texts is expected")
    if strange := said.keys() - OPERATOR_SAYS:
        raise SystemExit(f"operator.json says {', '.join(sorted(strange))}; known are {', '.join(OPERATOR_SAYS)}")
    if said.get("channel", "stable") not in {"stable", "beta"}:
        raise SystemExit("operator.json: the channel is stable or beta")
    return said


def _provider(said: dict[str, str]) -> desktop.Provider:
    """Whose build it is."""
    known = desktop.Provider()
    return desktop.Provider(
        said.get("name", known.name), said.get("homepage", known.homepage), said.get("component", known.id)
    )


def _megabytes(folder: Path) -> float:
    return round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6, 1)


def _git(*arguments: str) -> str:
    try:
        answer = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        raise SystemExit("no git checkout: set SOURCE_DATE_EPOCH to the time of this source") from None
    return answer.stdout.strip()


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--operator", type=Path, metavar="DIR", help="a folder with root.json and operator.json")
    parser.add_argument("--without-gpl", action="store_true", help="refuse to build with x264 and x265 inside")
    parser.add_argument(
        "--pyav", type=Path, metavar="WHEEL", help="your own build of PyAV instead of the installed one"
    )
    parser.add_argument("--number", type=int, default=1, help="the how-manieth build of the day (default 1)")
    parser.add_argument(
        "--sequence", type=int, default=1, help="its place among published builds (default 1: the first)"
    )
    parser.add_argument("--level", type=int, default=6, help="how hard xz packs, 0 to 9 (default 6)")
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "package", metavar="DIR", help="where it works")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", metavar="DIR", help="where packages go")
    parser.add_argument("--freeze-only", action="store_true", help="no packages, only the frozen folders")
    asked = parser.parse_args(arguments)
    for name in ("build", "out", "operator", "pyav"):
        if (path := getattr(asked, name)) is not None:
            setattr(asked, name, path.resolve())
    return asked


if __name__ == "__main__":
    sys.exit(main())
