"""The command line as a whole: what it loads, and how it fails."""

import subprocess
import sys
from pathlib import Path

import pytest

import vidphone.service
from vidphone import cli
from vidphone.wire.errors import ErrorCode, VidphoneError


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")


@pytest.mark.parametrize(
    ("arguments", "module", "package"),
    [
        (["serve"], "vidphone.service.server", "uvicorn"),
        (["admin", "list"], "vidphone.service.admin.console", "sqlalchemy.exc"),
    ],
)
def test_without_the_services_packages_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    arguments: list[str],
    module: str,
    package: str,
) -> None:
    monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.delattr(vidphone.service, module.rpartition(".")[2], raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    assert cli.main([*arguments, "--data", str(tmp_path)]) == 1
    assert "pip install 'vidphone[service]'" in capsys.readouterr().err


@pytest.mark.parametrize("failure", [VidphoneError(ErrorCode.INTERNAL), RuntimeError("a fault of the program")])
def test_a_failure_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], failure: Exception
) -> None:
    def fail(*_: object) -> int:
        raise failure

    monkeypatch.setattr(cli, "_desktop", fail)
    assert cli.main([]) == 1
    assert "Something went wrong." in capsys.readouterr().err


@pytest.mark.parametrize("module", ["vidphone.app", "vidphone.phone.headless", "vidphone.phone.core"])
def test_the_phone_loads_nothing_of_the_service(module: str) -> None:
    look = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    loaded = set(
        subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout.split()
    )
    assert not loaded & cli.EXTRAS


def test_each_command_has_a_manual(capsys: pytest.CaptureFixture[str]) -> None:
    for command in cli.COMMANDS:
        with pytest.raises(SystemExit) as left:
            cli.main([command, "--help"])
        assert left.value.code == 0
        assert len(capsys.readouterr().out.splitlines()) > 8, command
