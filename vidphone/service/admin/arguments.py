"""The command line of `vidphone admin`. Loads nothing that only the service needs."""

import argparse
from pathlib import Path

from platformdirs import user_data_path

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
  vidphone admin list"""

CUSTOMERS = {
    "add": "add a customer",
    "list": "list all customers",
    "password": "give a customer a new password and sign their devices out",
    "enable": "let a number sign in and call again",
    "disable": "let a number neither sign in nor call; its calls end",
}


def add_admin_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe `vidphone admin` and its commands."""
    parser.description, parser.epilog = ABOUT, MORE
    commands = parser.add_subparsers(dest="what", required=True, metavar="COMMAND")
    for name, about in CUSTOMERS.items():
        one = _command(commands, name, about)
        if name != "list":
            one.add_argument("--number", required=True, help="3 to 15 digits")
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


def add_data_argument(parser: argparse.ArgumentParser) -> None:
    """Describe `--data`."""
    default = user_data_path("vidphone-service", appauthor=False)
    parser.add_argument(
        "--data", type=Path, default=default, metavar="DIR", help="the data folder (default: %(default)s)"
    )


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, about: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
    add_data_argument(parser)
    return parser
