"""The commands of `vidphone admin outages`, as they are written."""

import argparse
from collections.abc import Callable

Add = Callable[[str, str], argparse.ArgumentParser]
ABOUT = "times without service, and what they earn"
_WHEN = "such as 2026-12-01T02:00, in the provider's time, or with its offset from UTC"


def describe(add: Add) -> None:
    """Describe the commands; `add` makes one."""
    new = add("record", "record a time without service")
    new.add_argument("--began", required=True, metavar="TIME", help=_WHEN)
    new.add_argument("--ended", metavar="TIME", help="left out: it goes on")
    _both(new, "what happened")
    new.add_argument("--numbers", nargs="+", default=(), metavar="NUMBER", help="whom it concerns; left out: everyone")
    over = _named(add("end", "it is over"))
    over.add_argument("--ended", required=True, metavar="TIME", help=_WHEN)
    _both(_named(add("force-majeure", "it was by force majeure: no credit, and no late fee for that time")), "what")
    _named(add("no-force-majeure", "it was not by force majeure after all"))
    _named(add("withdraw", "it never was; what it earned is taken back"))
    add("list", "list outages, the latest first")


def _named(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--outage", required=True, metavar="ID")
    parser.add_argument("--reason", required=True, help="why; kept for the audit")
    return parser


def _both(parser: argparse.ArgumentParser, about: str) -> None:
    for name in ("zh", "en"):
        parser.add_argument(f"--{name}", required=True, metavar="TEXT", help=about)
