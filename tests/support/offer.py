"""A provider that is set up for sign-up, with the made-up offer that ships."""

import shutil
from pathlib import Path

from vidphone.resources import assets_dir


def write_offer(data: Path, more: str = "") -> None:
    """Write `config.toml` into a data folder: the sample offer, then `more` sections in TOML."""
    data.mkdir(parents=True, exist_ok=True)
    config = data / "config.toml"
    shutil.copyfile(assets_dir() / "offer" / "sample-config.toml", config)
    with config.open("a", encoding="utf-8") as file:
        file.write(f"\n{more}\n")
