import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.service.notices.desk import Desk, make_town, open_desk


@pytest.fixture(scope="package")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    make_town(folder)
    return folder


@pytest.fixture
def desk(town: Path, tmp_path: Path) -> Iterator[Desk]:
    shutil.copytree(town, tmp_path / "town")
    made = open_desk(tmp_path / "town")
    yield made
    made.engine.dispose()
