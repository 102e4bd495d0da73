import errno
import json
import os
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.account import settings as settings_file
from vidphone.account.settings import FILE_NAME, Settings, Theme
from vidphone.texts import Language

CHOSEN = Settings(
    service="https://phone.example",
    number="1001",
    language=Language.CHINESE,
    theme=Theme.DARK,
    text_scale=1.5,
    motion=False,
    camera="Webcam ü",
    echo_cancellation=False,
    start_with_video=False,
)


def test_settings_are_read_as_they_were_saved(tmp_path: Path) -> None:
    settings_file.save(tmp_path, CHOSEN)
    assert settings_file.load(tmp_path) == CHOSEN
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o077 == 0


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    assert settings_file.read(tmp_path) == settings_file.ReadSettings(Settings(), None)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 60_000, b" " * 70_000])
def test_a_damaged_file_is_set_aside_and_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    found = settings_file.read(tmp_path)
    assert found.settings == Settings()
    assert found.damaged is not None
    assert found.damaged.read_bytes() == content
    assert not (tmp_path / FILE_NAME).exists()


def test_a_value_without_sense_counts_as_not_set(tmp_path: Path) -> None:
    written = {"number": "1001", "theme": "plaid", "text_scale": 90, "motion": "yes", "language": "xx", "later": 1}
    (tmp_path / FILE_NAME).write_text(json.dumps(written))
    assert settings_file.load(tmp_path) == Settings(number="1001")


def test_every_setting_can_be_read_back(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(json.dumps(dict.fromkeys(field.name for field in fields(Settings))))
    assert settings_file.load(tmp_path) == Settings()
    assert set(settings_file._READERS) == {field.name for field in fields(Settings)}


def test_a_save_that_fails_leaves_the_old_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings_file.save(tmp_path, CHOSEN)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no room"):
        settings_file.save(tmp_path, Settings())
    assert settings_file.load(tmp_path) == CHOSEN
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)
)


@given(st.dictionaries(st.sampled_from([field.name for field in fields(Settings)]), JSON))
def test_no_values_keep_the_program_from_starting(values: dict[str, object]) -> None:
    assert isinstance(settings_file._from(values), Settings)
