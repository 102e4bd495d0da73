"""The commands of `vidphone admin` about announcements, numbers and new agreements, as they are written."""

import argparse
from collections.abc import Callable

Add = Callable[[str, str], argparse.ArgumentParser]
GROUPS = {
    "announce": "announcements to customers",
    "change-number": "numbers that become others",
    "agreement": "new versions of the agreement, for those who have another one",
}
KINDS = ("maintenance", "capacity", "upgrade", "price-change")
MAX_DAYS = 3650
_WHEN = "such as 2026-12-01T02:00, in the provider's time, or with its offset from UTC"


def add_group(group: str, add: Add) -> None:
    """Describe the commands of a group; `add` makes one."""
    match group:
        case "announce":
            _announce(add)
        case "change-number":
            _change_number(add)
        case "agreement":
            _agreement(add)


def _announce(add: Add) -> None:
    write = add("write", "write an announcement, to be published at its time")
    write.add_argument("--kind", required=True, choices=KINDS)
    for name in ("title-zh", "title-en", "zh", "en"):
        write.add_argument(f"--{name}", required=True, metavar="TEXT")
    _at(write)
    write.add_argument("--begins", metavar="TIME", help="when what it tells of begins")
    write.add_argument("--ends", metavar="TIME", help="and ends")
    concerned = write.add_mutually_exclusive_group(required=True)
    concerned.add_argument("--everyone", action="store_true", help="all customers")
    concerned.add_argument("--plan", metavar="ID", help="those who have this plan when it is published")
    concerned.add_argument("--numbers", nargs="+", metavar="NUMBER")
    add("list", "list announcements, and how many have read them")
    withdraw = _reason(add("withdraw", "do not publish an announcement that waits for its time"))
    withdraw.add_argument("--announcement", required=True, metavar="ID")


def _change_number(add: Add) -> None:
    plan = add("plan", "announce a change of number, and do it at its time")
    plan.add_argument("--number", required=True, help="the number that the customer has")
    plan.add_argument("--to", required=True, metavar="NUMBER", help="the new one; nobody has it")
    plan.add_argument("--effective", required=True, metavar="TIME", help=_WHEN)
    _at(plan)
    rest = "how long the old number is given to nobody, and leads to the customer (default: %(default)s)"
    plan.add_argument("--rest-days", type=_days, default=365, metavar="DAYS", help=rest)
    _words(plan)
    add("list", "list changes of numbers")
    _reason(add("withdraw", "take a planned change back")).add_argument("--number", required=True)


def _agreement(add: Add) -> None:
    publish = add("publish", "announce the version that config.toml offers")
    _at(publish)
    _words(publish)
    add("list", "list announced versions: until when to object, who did")
    objections = add("objections", "who objected to a version, with their cases")
    objections.add_argument("--version", required=True)
    accept = _reason(add("accept", "a customer took an objection back, as the case came out"))
    accept.add_argument("--number", required=True)
    accept.add_argument("--version", required=True)


def _at(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--at", metavar="TIME", help=f"when to publish it (default: at once); {_WHEN}")


def _words(parser: argparse.ArgumentParser) -> None:
    for name in ("zh", "en"):
        parser.add_argument(f"--{name}", metavar="TEXT", help="said beside what is said of every such change")


def _reason(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--reason", required=True, help="why; kept for the audit")
    return parser


def _days(value: str) -> int:
    if not value.isdecimal() or not 31 <= int(value) <= MAX_DAYS:
        raise argparse.ArgumentTypeError(f"{value}: 31 to {MAX_DAYS} days")
    return int(value)
