import os
import time
from pathlib import Path

import pytest

from vidphone.service.clock import BadClock, RehearsalClock, SystemClock, open_clock
from vidphone.service.store.engine import open_database

SAID = "2026-08-01T00:00:00+08:00"
MIDNIGHT = 1785513600.0


def written(folder: Path, said: str = SAID, ago_s: float = 0) -> Path:
    file = folder / "time"
    file.write_text(said)
    os.utime(file, (time.time() - ago_s,) * 2)
    return file


def reason(data: Path, file: Path | None = None, *, rehearsal: bool | None = None) -> str:
    with pytest.raises(BadClock) as refused:
        open_clock(data, file, rehearsal=rehearsal)
    return refused.value.reason


def test_a_rehearsals_time_goes_on_from_what_was_written(tmp_path: Path) -> None:
    now = RehearsalClock(written(tmp_path, ago_s=100)).now()
    assert MIDNIGHT + 100 <= now < MIDNIGHT + 160


def test_a_real_folder_has_the_machines_time(tmp_path: Path) -> None:
    assert isinstance(open_clock(tmp_path / "data", rehearsal=False), SystemClock)
    assert isinstance(open_clock(tmp_path / "data"), SystemClock)


def test_a_clock_is_refused_unless_a_rehearsal_is_meant(tmp_path: Path) -> None:
    assert reason(tmp_path / "data", written(tmp_path), rehearsal=False) == "not-meant"
    assert reason(tmp_path / "data", rehearsal=True) == "which"
    assert not (tmp_path / "data").exists()


def test_no_clock_is_set_over_a_real_folder(tmp_path: Path) -> None:
    open_database(tmp_path / "data").dispose()
    assert reason(tmp_path / "data", written(tmp_path), rehearsal=True) == "is-real"


def test_a_rehearsal_stays_one(tmp_path: Path) -> None:
    data, file = tmp_path / "data", written(tmp_path)
    assert open_clock(data, file, rehearsal=True).rehearsal
    open_database(data).dispose()
    assert open_clock(data).rehearsal
    assert open_clock(data, rehearsal=True).rehearsal
    assert reason(data, rehearsal=False) == "is-rehearsal"


@pytest.mark.parametrize("said", ["", "tomorrow", "2026-08-01T00:00:00"])
def test_a_file_without_a_time_is_refused(tmp_path: Path, said: str) -> None:
    assert reason(tmp_path / "data", written(tmp_path, said), rehearsal=True) == "no-time"
    (tmp_path / "time").unlink()
    assert reason(tmp_path / "other", tmp_path / "time", rehearsal=True) == "unreadable"
