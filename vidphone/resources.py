"""Where the files that ship with the program lie: in the package when installed, in the checkout otherwise."""

from functools import cache
from pathlib import Path


@cache
def assets_dir() -> Path:
    """The folder of icons, sounds and texts.

    Raises:
        FileNotFoundError: the installation holds no assets at all, so it is damaged.
    """
    here = Path(__file__).resolve().parent
    for candidate in (here / "assets", here.parent / "assets"):
        if (candidate / "texts").is_dir():
            return candidate
    raise FileNotFoundError("vidphone's assets folder is missing: install the program again")
