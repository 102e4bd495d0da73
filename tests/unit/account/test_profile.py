import subprocess
import sys
from pathlib import Path

import pytest

from vidphone.account import profile
from vidphone.account.profile import Profile
from vidphone.wire.errors import ErrorCode, VidphoneError

HOLDER = """
import sys
from pathlib import Path
from vidphone.account.profile import Profile
with Profile.open(Path(sys.argv[1])):
    print("taken", flush=True)
    sys.stdin.read()
"""


def test_a_profile_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    with Profile.open(tmp_path / "a" / "b") as taken:
        assert taken.directory == tmp_path / "a" / "b"
        assert taken.directory.stat().st_mode & 0o777 == 0o700


def test_two_phones_never_share_a_profile(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"taken\n"
        with pytest.raises(VidphoneError) as refusal:
            Profile.open(tmp_path)
        assert refusal.value.code is ErrorCode.PROFILE_IN_USE
        holder.kill()
    Profile.open(tmp_path).close()  # a process that died holds nothing


def test_a_profile_that_cannot_be_made_is_told_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(VidphoneError) as refusal:
        Profile.open(tmp_path / "file" / "profile")
    assert refusal.value.code is ErrorCode.BAD_FILE


def test_the_default_is_the_systems_place_for_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert profile.default_directory() == tmp_path / "vidphone"


def test_files_set_aside_are_found_again(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text("{")
    aside = profile.set_aside(tmp_path / "settings.json")
    assert profile.files_set_aside(tmp_path) == (aside,)
