"""The command line of `vidphone admin`. Loads nothing that only the service needs."""

import argparse
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from vidphone.service.admin import case_arguments, notice_arguments, outage_arguments
from vidphone.service.admin.bill_arguments import GROUPS, SINGLE, add_group, add_single
from vidphone.service.admin.release_arguments import ABOUT as RELEASE_STAFF
from vidphone.service.admin.release_arguments import describe as describe_release_staff

ABOUT = """\
The provider's customers and their agreements. Works on the data folder, whether the service runs or not: a running
one acts upon a disabled number or a new password within seconds, by ending that number's sessions and calls."""

MORE = """\
A password is asked for at the terminal, or read from standard input with --password-stdin, or made with --generate
and shown once. It is never given on the command line, where other users of the machine would see it.

examples:
  vidphone admin add --number 1001 --name 张三 --paper 2026-017
  echo "$PASSWORD" | vidphone admin add --number 1002 --name 'Li Si' --password-stdin
  vidphone admin password --number 1002 --generate
  vidphone admin disable --number 1001
  vidphone admin list
  vidphone admin numbers add 2000-2999
  vidphone admin reviews want-copy --number 2003 --reason '地址不完整，请提交身份证复印件'
  vidphone admin reviews show --number 2003 --reveal name identity_number --reason 'call back about the copy'
  vidphone admin agreements list
  vidphone admin bills export --number 2003 --bill 202608-2003 --to bill.pdf
  vidphone admin pay cash --number 2003 --yuan 120.00 --receipt R-2026-0117
  vidphone admin standing list
  vidphone admin staff add li.na --roles support billing"""

CUSTOMERS = {
    "add": "add a customer",
    "list": "list all customers",
    "password": "give a customer a new password and sign their devices out",
    "enable": "let a number sign in and call again",
    "disable": "let a number neither sign in nor call; its calls end",
}
REVIEWS = {
    "approve": "the identity is clear",
    "want-copy": "ask for a copy of the identity card or the licence",
    "refuse": "the identity is not accepted: free numbers only",
    "suspend": "free numbers only until the identity is clear",
}
REVIEW_STATES = ("pending", "approved", "copy-wanted", "copy-sent", "refused", "suspended")
STAFF = {
    "add": "add a member, and show the link by which they set up their sign-in, once",
    "roles": "give a member other roles, which hold at once",
    "revoke": "let a member sign in no more; they are signed out",
    "reset": "forget how a member signs in, and show a new link",
    "list": "list all members",
}
ROLES = ("support", "billing", "release", "audit")
MAX_DAYS = 3650

if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_admin_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe `vidphone admin` and its commands."""
    parser.description, parser.epilog = ABOUT, MORE
    commands = parser.add_subparsers(dest="what", required=True, metavar="COMMAND")
    for name, about in CUSTOMERS.items():
        one = _command(commands, name, about)
        if name != "list":
            one.add_argument("--number", required=True, help="3 to 15 digits")
        if name in {"enable", "disable"}:
            one.add_argument("--reason", default="", help="why; kept for the audit")
        if name == "add":
            one.add_argument("--name", required=True, help="the customer's name, as those who are called see it")
            paper = "an agreement was signed outside this program: its reference; without it free numbers only"
            one.add_argument("--paper", metavar="REFERENCE", help=paper)
        if name in {"add", "password"}:
            source = one.add_mutually_exclusive_group()
            stdin, generate = "read the password's line from standard input", "make a password and show it once"
            source.add_argument("--password-stdin", dest="source", action="store_const", const="stdin", help=stdin)
            source.add_argument("--generate", dest="source", action="store_const", const="generate", help=generate)
            one.set_defaults(source="prompt")
    _numbers(_group(commands, "numbers", "the numbers that customers choose from"))
    _reviews(_group(commands, "reviews", "customers' identities, as the provider looks at them"))
    _agreements(_group(commands, "agreements", "what was signed"))
    _audit(_group(commands, "audit", "the chain of what was done with personal data"))
    _staff(_group(commands, "staff", "who works in the console"))
    _command(_group(commands, "keys", "the keys of personal data"), "rotate", "put everything under a new key")
    _command(_group(commands, "offer", "what is offered to those who sign up"), "check", "read the offer and tell it")
    _reports(_group(commands, "reports", "what phones told of problems and crashes"))
    for name, about in GROUPS.items():
        group = _group(commands, name, about)
        add_group(name, partial(_command, group))
    for name, about in notice_arguments.GROUPS.items():
        notice_arguments.add_group(name, partial(_command, _group(commands, name, about)))
    outage_arguments.describe(partial(_command, _group(commands, "outages", outage_arguments.ABOUT)))
    for name, about in case_arguments.GROUPS.items():
        case_arguments.add_group(name, partial(_command, _group(commands, name, about)))
    for name, about in SINGLE.items():
        add_single(name, _command(commands, name, about))
    describe_release_staff(partial(_command, _group(commands, "release-staff", RELEASE_STAFF)))
    _command(commands, "erase-due", "erase the data of those whose agreement ended long enough ago")


def _numbers(commands: "_Commands") -> None:
    add = _command(commands, "add", "offer numbers")
    add.add_argument("numbers", nargs="+", metavar="NUMBER", help="3 to 15 digits, or a range: 2000-2999")
    listed = _command(commands, "list", "list the numbers that are offered, and what became of them")
    listed.add_argument("--state", choices=("free", "held", "taken", "resting"))
    rest = _command(commands, "rest", "offer a free number to nobody for some days")
    rest.add_argument("--number", required=True)
    rest.add_argument("--days", required=True, type=_days, help="1 to 3650")


def _reviews(commands: "_Commands") -> None:
    listed = _command(commands, "list", "list customers with the state of their review")
    listed.add_argument("--state", choices=REVIEW_STATES)
    for name, about in REVIEWS.items():
        one = _command(commands, name, about)
        one.add_argument("--number", required=True)
        if name != "approve":
            one.add_argument("--reason", required=True, help="what the customer is told")
    show = _command(commands, "show", "show a customer's data, masked; what is revealed is told to the customer")
    show.add_argument("--number", required=True)
    show.add_argument("--reveal", nargs="+", default=[], metavar="FIELD", help="fields to show in clear")
    show.add_argument("--copies", type=Path, metavar="DIR", help="write the copy that was sent into this folder")
    show.add_argument("--reason", default="", help="why; the customer sees it")


def _agreements(commands: "_Commands") -> None:
    _command(commands, "list", "list all agreements")
    export = _command(commands, "export", "write the PDF with both signatures")
    export.add_argument("--agreement", required=True, metavar="ID")
    export.add_argument("--to", required=True, type=Path, metavar="FILE")


def _audit(commands: "_Commands") -> None:
    _command(commands, "head", "the head of the chain, to publish")
    verify = _command(commands, "verify", "look whether anything in the chain was changed")
    verify.add_argument("--head", metavar="N:HASH", help="a head that was published before")
    listed = _command(commands, "list", "show entries")
    listed.add_argument("--after", type=int, default=0, metavar="ENTRY")


def _reports(commands: "_Commands") -> None:
    _command(commands, "builds", "how many reports each build has")
    listed = _command(commands, "list", "list the newest reports")
    listed.add_argument("--build", default="", metavar="BUILD")
    listed.add_argument("--channel", default="", choices=("stable", "beta", "test", "none"))
    listed.add_argument("--kind", default="", choices=("problem", "crash"))
    show = _command(commands, "show", "show a report's text, which names nobody")
    show.add_argument("--report", required=True, metavar="ID")
    show.add_argument("--to", type=Path, metavar="FILE", help="write it there")


def _staff(commands: "_Commands") -> None:
    for name, about in STAFF.items():
        one = _command(commands, name, about)
        if name != "list":
            one.add_argument("name", metavar="NAME", help="small letters, digits, dots and hyphens")
        if name in {"add", "roles"}:
            one.add_argument("--roles", required=True, nargs="+", choices=ROLES, help="what they may do")


def add_data_argument(parser: argparse.ArgumentParser) -> None:
    """Describe `--data`."""
    default = user_data_path("vidphone-service", appauthor=False)
    parser.add_argument(
        "--data", type=Path, default=default, metavar="DIR", help="the data folder (default: %(default)s)"
    )
    beside = "the keys of personal data (default: keys.json in the folder beside it whose name ends in -keys)"
    parser.add_argument("--keys", type=Path, metavar="FILE", help=beside)


def _group(commands: "_Commands", name: str, about: str) -> "_Commands":
    parser = commands.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
    return parser.add_subparsers(dest="then", required=True, metavar="COMMAND")


def _actor(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9._-]{0,63}", value):
        raise argparse.ArgumentTypeError(f"{value}: a letter, then letters, digits, dots, hyphens, at most 64 in all")
    return value


def _days(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= MAX_DAYS:
        raise argparse.ArgumentTypeError(f"{value}: 1 to {MAX_DAYS} days")
    return int(value)


def _command(commands: "_Commands", name: str, about: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
    add_data_argument(parser)
    acting = "who does it, for the audit (default: the user of the operating system)"
    parser.add_argument("--actor", type=_actor, metavar="NAME", help=acting)
    return parser
