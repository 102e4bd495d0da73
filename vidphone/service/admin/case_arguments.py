"""The commands of `vidphone admin` about cases and terminals, as they are written."""

import argparse
from collections.abc import Callable
from pathlib import Path

Add = Callable[[str, str], argparse.ArgumentParser]
GROUPS = {
    "cases": "what customers ask, dispute and claim",
    "terminals": "devices that were handed to customers, and their warranty",
}
STATES = ("open", "asked", "answered", "escalated", "closed")
KINDS = ("dispute", "question", "objection", "warranty")
REMEDIES = ("repair", "exchange")
PAGE = 50


def add_group(group: str, add: Add) -> None:
    """Describe the commands of a group; `add` makes one."""
    if group == "cases":
        _cases(add)
    else:
        _terminals(add)


def _cases(add: Add) -> None:
    listed = add("list", "cases, newest first; those of a state by the day on which they are due")
    listed.add_argument("--state", choices=STATES)
    listed.add_argument("--kind", choices=KINDS)
    listed.add_argument("--late", action="store_true", help="those that should have been answered by now")
    listed.add_argument("--number", help="of one customer")
    _paged(listed)
    show = _case(add("show", "a case with all that belongs to it"))
    show.add_argument("--photos", type=Path, metavar="DIR", help="write its pictures into this folder")
    _words(add("say", "write in a case"))
    _words(add("ask", "ask the customer something: it is their turn then"))
    answer = _words(add("answer", "answer a case, and where it is right correct the charges"))
    answer.add_argument("--yuan", metavar="AMOUNT", help="such as -12.50: below 0 the customer gets it back")
    answer.add_argument("--reason", default="", help="for the provider's own books")
    _words(add("settle", "close a case as the arbitration commission decided"))
    decide = _words(add("decide", "decide a claim under the warranty (clause 4)"))
    what = decide.add_mutually_exclusive_group(required=True)
    what.add_argument("--remedy", choices=REMEDIES, help="what the provider chooses")
    what.add_argument("--refuse", action="store_true", help="on the ground that clause 4 gives")
    decide.add_argument("--goodwill", action="store_true", help="grant what clause 4 does not ask for")
    done = _case(add("done", "what was granted for a claim is carried out"))
    done.add_argument("--on", required=True, metavar="DAY", help="such as 2026-12-01")
    done.add_argument("--new-serial", metavar="SERIAL", help="of an exchange: the device that came")


def _terminals(add: Add) -> None:
    register = add("register", "register a device with its day of installation")
    register.add_argument("--number", required=True, help="of the customer")
    register.add_argument("--serial", required=True)
    register.add_argument("--model", required=True)
    register.add_argument("--installed", required=True, metavar="DAY", help="such as 2026-12-01")
    register.add_argument("--order", help="under which it was handed over")
    listed = add("list", "devices by serial number")
    listed.add_argument("--number", help="of one customer, with their history")
    listed.add_argument("--serial", default="", help="those that begin so")
    _paged(listed)
    opened = add("opened", "somebody opened its case without permission: the warranty ended on that day")
    opened.add_argument("--serial", required=True)
    opened.add_argument("--on", required=True, metavar="DAY")
    opened.add_argument("--reason", required=True, help="how that is known")


def _case(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--case", required=True, metavar="C000001")
    return parser


def _words(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    _case(parser).add_argument("--words", required=True, help="what the customer is told")
    again = "its number: entered again, it counts once (default: each time another)"
    parser.add_argument("--reference", help=again)
    return parser


def _paged(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--after", help="go on after this place, which the list before told")
    parser.add_argument("--limit", type=int, default=PAGE, help="so many at once (default: %(default)s)")
