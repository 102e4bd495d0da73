"""The commands of `vidphone admin` about money, as they are written."""

import argparse
from collections.abc import Callable
from pathlib import Path

Add = Callable[[str, str], argparse.ArgumentParser]
GROUPS = {
    "bills": "customers' bills",
    "pay": "money over the counter",
    "standing": "whose service is not simply active",
    "leaving": "agreements that are ending",
}
SINGLE = {
    "plan": "give a customer another plan from next month on, by an order",
    "limit": "give a customer another credit limit at once, by an order",
    "run-month": "bill every month that is over, and do all else that is due by date",
}


def add_group(group: str, add: Add) -> None:
    """Describe the commands of a group; `add` makes one."""
    match group:
        case "bills":
            _number(add("list", "the bills of a number"))
            export = _number(add("export", "write a bill as PDF, or its calls as CSV"))
            export.add_argument("--bill", required=True, metavar="BILL")
            export.add_argument("--to", required=True, type=Path, metavar="FILE", help="ends in .pdf or .csv")
        case "pay":
            for name, about in (("cash", "enter cash that was taken"), ("back", "enter cash that was paid back")):
                one = _amount(_number(add(name, about)))
                one.add_argument("--receipt", required=True, help="its number: entered again, it counts once")
            adjust = _amount(_number(add("adjust", "a charge, or below 0 a credit, on the next bill")))
            adjust.add_argument("--reference", required=True, help="its number: entered again, it counts once")
            adjust.add_argument("--zh", required=True, help="what stands on the bill in Chinese")
            adjust.add_argument("--en", required=True, help="and in English")
        case "standing":
            add("list", "everybody who is not active")
            pause = _number(add("pause", "pause the service because an authority demands it (clause 10)"))
            pause.add_argument("--reference", required=True, help="the provider's file")
            resume = _number(add("resume", "end such a pause"))
            resume.add_argument("--unfounded", action="store_true", help="it had no legal ground: pay its rent back")
        case "leaving":
            add("list", "all agreements that are ending or have ended")
            _number(add("ask", "end an agreement by the customer's wish (clause 11)"))
            _number(add("withdraw", "take that back"))


def add_single(name: str, one: argparse.ArgumentParser) -> None:
    """Describe a command that belongs to no group."""
    if name == "plan":
        _number(one).add_argument("--plan", required=True, metavar="ID", help="of the price list")
    if name == "limit":
        _number(one).add_argument("--yuan", required=True, help="one of the limits on offer")


def _number(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--number", required=True, help="3 to 15 digits")
    return parser


def _amount(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--yuan", required=True, help="such as 12.50")
    return parser
