"""The `vidphone` command: one program, its parts loaded only when asked for."""

import argparse
import importlib
import logging
import sys
from collections.abc import Sequence
from typing import Protocol

from vidphone import __version__
from vidphone.texts import system_language, text
from vidphone.wire.errors import ErrorCode, VidphoneError, explain

log = logging.getLogger(__name__)

COMMANDS = {
    "phone": ("vidphone.phone.headless", "the phone; with --headless without a window, driven by JSON lines"),
    "serve": ("vidphone.service.commands", "the provider's service"),
    "admin": ("vidphone.service.commands", "the provider's side: customers, numbers, reviews, agreements, keys, audit"),
    "release": ("vidphone.release.command", "builds: made, signed, offered to phones, taken back"),
    "doctor": ("vidphone.phone.doctor", "what works on this machine: devices, network, service"),
    "verify-evidence": ("vidphone.papers.evidence_command", "whether evidence is as it was signed; offline"),
    "demo": ("vidphone.demo.command", "a service and two phones that call each other"),
}

EXTRAS = {"fastapi", "starlette", "uvicorn", "sqlalchemy", "alembic", "argon2", "limits", "prometheus_client"}
"""What only the service needs (`pip install 'vidphone[service]'`)."""
NOT_PACKAGED = {"vidphone.service", "vidphone.release", "vidphone.demo"}
"""What customers' packages leave out (packaging/frozen/contents.py)."""
FAILED = 1
INTERRUPTED = 130


class CommandModule(Protocol):
    """What a module that carries commands offers."""

    def add_arguments(self, parser: argparse.ArgumentParser, command: str) -> None:
        """Describe the command and its options."""

    def run(self, command: str, arguments: argparse.Namespace) -> int:
        """Do it; the exit code."""


def _desktop(arguments: Sequence[str]) -> int:
    lines = "\n".join(f"  vidphone {name:<8} {about}" for name, (_, about) in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="vidphone",
        description="Video calls. Without arguments the window opens.",
        epilog=f"other commands (each has its own --help):\n{lines}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("link", nargs="?", default="", help="a tel: or vidphone: link, whose number is filled in")
    parser.add_argument("--profile", default="", metavar="DIR", help="where settings, contacts and history are kept")
    parser.add_argument("--version", action="version", version=f"vidphone {__version__}")
    parsed = parser.parse_args(arguments)
    from vidphone.app import run_desktop  # noqa: PLC0415 - Qt is loaded for the window only

    return run_desktop(parsed.profile, parsed.link)


def _command(name: str, arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog=f"vidphone {name}", formatter_class=argparse.RawDescriptionHelpFormatter)
    try:
        module: CommandModule = importlib.import_module(COMMANDS[name][0])
        module.add_arguments(parser, name)
        return module.run(name, parser.parse_args(arguments))
    except ModuleNotFoundError as missing:
        if not {missing.name, (missing.name or "").partition(".")[0]} & (EXTRAS | NOT_PACKAGED):
            raise
        print(text("service.not-installed", system_language(), command=name), file=sys.stderr)  # noqa: T201
        return FAILED


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command of the line; the exit code. A traceback goes to the log: standard error where there is none."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        if given[:1] == ["phone"] and not {"--headless", "-h", "--help"} & set(given):
            return _desktop(given[1:])
        if given and given[0] in COMMANDS:
            return _command(given[0], given[1:])
        return _desktop(given)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has left
        return FAILED
    except VidphoneError as error:
        return _told(error)
    except Exception:
        log.critical("`vidphone` failed", exc_info=True)
        return _told(VidphoneError(ErrorCode.INTERNAL))


def _told(error: VidphoneError) -> int:
    told = explain(error.code, system_language(), error.about)
    print(f"{told.message} {told.next_step}", file=sys.stderr)  # noqa: T201
    return FAILED
