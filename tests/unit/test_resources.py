from collections.abc import Iterator
from pathlib import Path

import pytest

from vidphone import resources


@pytest.fixture
def placed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that holds the package, as an installation or a checkout would."""
    package = tmp_path / "vidphone"
    package.mkdir()
    monkeypatch.setattr(resources, "__file__", str(package / "resources.py"))
    resources.assets_dir.cache_clear()
    yield tmp_path
    resources.assets_dir.cache_clear()


@pytest.mark.parametrize("folder", ["vidphone/assets", "assets"], ids=["installed", "checkout"])
def test_assets_lie_in_the_package_or_beside_it(placed: Path, folder: str) -> None:
    (placed / folder / "texts").mkdir(parents=True)
    assert resources.assets_dir() == placed / folder


@pytest.mark.usefixtures("placed")
def test_an_installation_without_assets_says_what_to_do() -> None:
    with pytest.raises(FileNotFoundError, match="install the program again"):
        resources.assets_dir()
