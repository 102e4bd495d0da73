import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import vidphone

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ROOT / "packaging" / "locks"
NEEDS = ROOT / "packaging" / "system-packages" / "needs.txt"
TEXT_SUFFIXES = {".py", ".md", ".toml", ".txt", ".json", ".sh", ".svg", ".yml", ".js", ".ini", ".mako", ".service", ""}


def files() -> list[Path]:
    """What git keeps, and what it would."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def pins(lock: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", (LOCKS / lock).read_text(), re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


def test_the_version_is_said_alike_everywhere() -> None:
    assert PROJECT["project"]["version"] == vidphone.__version__


def test_every_dependency_is_locked_with_hashes() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    asked = {"run.txt": PROJECT["project"]["dependencies"] + extras["service"]}
    asked["dev.txt"] = asked["run.txt"] + extras["dev"]
    for lock, requirements in asked.items():
        names = {re.split(r"[^A-Za-z0-9.-]", line)[0].lower().replace("_", "-") for line in requirements}
        assert names - pins(lock).keys() == set()
        blocks = re.split(r"\n(?=[a-z0-9])", (LOCKS / lock).read_text())
        assert [block.partition(" ")[0] for block in blocks if "==" in block and "--hash=sha256:" not in block] == []


def test_what_runs_is_what_was_tested() -> None:
    run, dev = pins("run.txt"), pins("dev.txt")
    assert {name: versions for name, versions in run.items() if dev.get(name) != versions} == {}


def test_the_third_party_list_is_that_of_the_lock() -> None:
    listed = re.findall(
        r"^\| ([a-z0-9-]+) \| ([0-9][^ ]*) \| ([^|]+) \|", (ROOT / "THIRD-PARTY-LICENSES.md").read_text(), re.MULTILINE
    )
    locked = pins("run.txt")
    assert {name for name, _, _ in listed} == locked.keys()
    assert [name for name, version, _ in listed if version not in locked[name]] == []
    assert [name for name, _, licence in listed if not licence.strip() or "UNKNOWN" in licence.upper()] == []


def test_every_system_package_says_what_it_is_for() -> None:
    rows = [
        [field.strip() for field in line.split(" | ")]
        for line in NEEDS.read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert [row for row in rows if len(row) != 6 or not all(row)] == []
    assert {row[0] for row in rows} == {"demo", "test", "package"}
    assert {row[1].partition(":")[0] for row in rows} <= {"lib", "cmd", "file", "font"}


@pytest.mark.parametrize("script", [".ci/run", "packaging/setup.sh"])
def test_scripts_can_be_run(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    subprocess.run(["bash", "-n", script], cwd=ROOT, check=True)


def test_every_command_of_the_documents_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        target
        for document in [
            ROOT / "README.md",
            ROOT / "CONTRIBUTING.md",
            ROOT / ".ci" / "run",
            *(ROOT / "docs").rglob("*.md"),
        ]
        for target in re.findall(r"^[ |`]*make ([a-z]+)", document.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {"demo", "test", "check"} <= named <= targets


def test_links_of_the_documents_lead_somewhere() -> None:
    broken = []
    for document in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#]+)", document.read_text(encoding="utf-8")):
            if "://" not in link and not (document.parent / link).exists():
                broken.append(f"{document.name}: {link}")
    assert broken == []


def test_the_folders_of_the_readme_are_the_folders_of_the_package() -> None:
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition("    vidphone/\n")[2].partition("\n\n")[0]
    named = {
        line.split()[0].rstrip("/") for line in section.splitlines() if line.startswith("      ") and line[6] != " "
    }
    package = Path(vidphone.__file__).parent
    assert {name for name in named if not (package / name).exists()} == set()
    assert {path.name for path in package.iterdir() if (path / "__init__.py").exists()} <= named


def test_decisions_are_numbered_in_order() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))
    for number, record in enumerate(records, start=1):
        assert record.name.startswith(f"{number:04d}-")
        assert record.read_text(encoding="utf-8").startswith(f"# {number}. ")


def test_nothing_names_a_persons_machine_or_holds_a_key() -> None:
    home = re.compile(r"/(?:home|Users)/(?!(?:runner|somebody)\b)[a-z][a-z0-9_.-]*/|/root/[a-z.]|[A-Z]:\\\\Users\\\\")
    secret = re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\n[A-Za-z0-9+/=]{20}")
    found = []
    for path in files():
        if path.suffix in TEXT_SUFFIXES and path.name != "LICENSE" and path != Path(__file__).resolve():
            content = path.read_text(encoding="utf-8", errors="replace")
            found += [
                f"{path.relative_to(ROOT)}: {match[0]}"
                for match in (*home.finditer(content), *secret.finditer(content))
            ]
    assert found == []
