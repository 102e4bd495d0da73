"""The command line of `vidphone release`, as it is written. Loads nothing that only its work needs."""

import argparse
import re
from pathlib import Path

from platformdirs import user_data_path

ABOUT = """\
Builds of the program on their way to phones: made, signed, offered to some accounts, to those who try what is new,
to everyone; and taken back. What a phone installs is decided by signatures of people, never by the service."""

MORE = """\
A key's passphrase is asked for at the terminal, or read from --passphrase-file, or from VIDPHONE_RELEASE_PASSPHRASE.
The service, a token of `vidphone admin release-staff add`, and the key may stand in VIDPHONE_RELEASE_SERVICE,
VIDPHONE_RELEASE_TOKEN and VIDPHONE_RELEASE_KEY. A key in hardware is named as hsm:2?label=LABEL, with PYKCS11LIB.

examples:
  vidphone release init --service https://phone.example --reason 'first ceremony'
  vidphone release keys make --name li
  vidphone release keys add --public li.json --channels test beta --offline t1.pem t2.pem --reason 'new colleague'
  vidphone release build dist/program --version 0.2.0 --platform linux-x86_64 --to builds --previous builds/0.1.0+…
  vidphone release push --build builds/0.2.0+… --accounts 1002,1003 --reason 'sound after suspend'
  vidphone release promote --to beta --reason 'a week without reports'
  vidphone release promote --to stable --percent 5 --step 25@1d --step 100@3d --reason 'ready'
  vidphone release promote --sign --reason 'seen and tried'            the second person
  vidphone release halt --channel stable --reason 'no sound on some machines'
  vidphone release keys withdraw --name li --leaked --offline t1.pem t2.pem c1.pem c2.pem --reason 'laptop stolen'
docs/releases.md tells of all of it."""

CHANNELS = ("stable", "beta", "test")
ROLES = ("root", "targets", *CHANNELS)
UNITS = {"m": 60, "h": 3600, "d": 86_400}
HERE = "linux-x86_64"


def add_release_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe `vidphone release` and its commands."""
    parser.description, parser.epilog = ABOUT, MORE
    commands = parser.add_subparsers(dest="what", required=True, metavar="COMMAND")
    init = _command(commands, "init", "make the offline keys and the first metadata")
    online = "the service's public keys (`vidphone admin release-staff online-keys`): make only, ask no service"
    init.add_argument("--online", type=Path, metavar="FILE", help=online)
    init.add_argument("--hand-in", action="store_true", help="hand in what --online made")
    _keys(commands)
    _build(commands)
    push = _command(commands, "push", "offer a build to accounts")
    push.add_argument("--build", type=Path, required=True, metavar="DIR", help="what `build` made")
    push.add_argument("--channel", choices=CHANNELS, default="test", help="(default: %(default)s)")
    push.add_argument("--min-version", metavar="VERSION", help="below it: customer service only")
    for language in ("zh", "en"):
        push.add_argument(f"--notes-{language}", default="", metavar="TEXT", help="what changed")
    _offered(push)
    promote = _command(commands, "promote", "offer the very bytes of one channel to another")
    promote.add_argument("--to", choices=("beta", "stable"))
    promote.add_argument("--from", dest="source", choices=CHANNELS, help="(default: test for beta, beta for stable)")
    promote.add_argument("--min-version", metavar="VERSION", help="below it: customer service only")
    promote.add_argument("--sign", action="store_true", help="put one's signature below what waits for it")
    _signing(promote)
    _platform(promote)
    _offered(promote)
    _share(_platform(_channel(_command(commands, "rollout", "offer to another share of installations"))))
    halt = _platform(_channel(_command(commands, "halt", "offer to nobody any more, at once")))
    halt.add_argument("--lift", action="store_true", help="offer it again")
    back = _platform(_channel(_command(commands, "rollback", "offer an older build again")))
    back.add_argument("--to", metavar="BUILD", help="its id (default: the one before)")
    _offered(back)
    _command(commands, "status", "figures by build, and who did what", reason=False)
    expire = _command(commands, "expire", "sign anew what runs out soon")
    expire.add_argument("--roles", nargs="+", choices=ROLES, default=[], help="these, however long they hold")
    _offline(expire)
    sign = _command(commands, "sign", "put one's signature below whatever waits for it")
    _signing(sign)


def _keys(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    keys = commands.add_parser("keys", help="who may sign what").add_subparsers(dest="then", required=True)
    make = _command(keys, "make", "make one's own key", reason=False)
    make.add_argument("--name", required=True, help="small letters and digits")
    add = _command(keys, "add", "let a person's key sign for channels")
    add.add_argument("--public", type=Path, required=True, metavar="FILE", help="what `keys make` wrote")
    add.add_argument("--channels", nargs="+", choices=CHANNELS, required=True)
    _offline(add, needed=True)
    withdraw = _command(keys, "withdraw", "let a lost key sign for nothing any more")
    withdraw.add_argument("--name", required=True)
    leaked = "others may have it: what it alone vouches for is offered to nobody"
    withdraw.add_argument("--leaked", action="store_true", help=leaked)
    _offline(withdraw, needed=True)
    _command(keys, "list", "who may sign what, and until when", reason=False)


def _build(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    build = commands.add_parser("build", help="make a build of a packaged program's folder")
    build.add_argument("tree", type=Path, metavar="FOLDER")
    build.add_argument("--version", required=True, help="three numbers: 0.2.0")
    build.add_argument("--platform", default=HERE, help="(default: %(default)s)")
    build.add_argument("--to", type=Path, required=True, metavar="DIR", help="a folder of its own is made in it")
    previous = "an earlier build: what it packed is taken from it, and deltas are made from it"
    build.add_argument("--previous", type=Path, nargs="+", default=[], metavar="DIR", help=previous)
    build.add_argument("--number", type=int, default=1, help="counts the builds of a day (default: %(default)s)")
    for language in ("zh", "en"):
        build.add_argument(f"--notes-{language}", default="", metavar="TEXT", help="what changed")


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, about: str, *, reason: bool = True
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
    folder = user_data_path("vidphone-release", appauthor=False)
    parser.add_argument(
        "--folder", type=Path, default=folder, metavar="DIR", help="keys and what is trusted (default: %(default)s)"
    )
    parser.add_argument("--service", default="", metavar="URL")
    parser.add_argument("--token-file", type=Path, metavar="FILE")
    parser.add_argument("--root", type=Path, metavar="FILE", help="root.json to trust, the first time")
    parser.add_argument("--key", default="", metavar="KEY", help="a file, or hsm:NUMBER?label=LABEL")
    parser.add_argument("--passphrase-file", type=Path, metavar="FILE")
    if reason:
        parser.add_argument("--reason", required=True, help="why; it is recorded with who")
    return parser


def _signing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--id", metavar="ID", help="only this one")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    _offline(parser)


def _offline(parser: argparse.ArgumentParser, *, needed: bool = False) -> None:
    parser.add_argument("--offline", nargs="+", default=[], required=needed, metavar="KEY", help="offline keys")


def _channel(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--channel", choices=CHANNELS, required=True)
    return parser


def _platform(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--platform", default=HERE, help="(default: %(default)s)")
    return parser


def _offered(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--accounts", type=_numbers, default=(), metavar="NUMBER,…", help="only to these accounts")
    _share(parser)


def _share(parser: argparse.ArgumentParser) -> None:
    share = "of the installations (default: %(default)g)"
    parser.add_argument("--percent", type=float, default=100.0, metavar="SHARE", help=share)
    later = "a higher share later, such as 25@1d; units m, h, d"
    parser.add_argument("--step", type=_step, action="append", default=[], metavar="SHARE@TIME", help=later)


def _numbers(value: str) -> tuple[str, ...]:
    numbers = tuple(part.strip() for part in value.split(",") if part.strip())
    for number in numbers:
        if not re.fullmatch(r"[0-9]{3,15}", number):
            raise argparse.ArgumentTypeError(f"{number} is no number")
    return numbers


def _step(value: str) -> tuple[float, int]:
    found = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,2})?)@([0-9]{1,4})([mhd])", value)
    if not found:
        raise argparse.ArgumentTypeError(f"{value}: such as 25@1d")
    return float(found[1]), int(found[2]) * UNITS[found[3]]
