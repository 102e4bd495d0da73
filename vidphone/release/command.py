"""One command of `vidphone release`, from the parsed line to the exit code."""

import argparse
import os
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

from vidphone.release.arguments import add_release_arguments
from vidphone.release.said import Refused, words

if TYPE_CHECKING:
    from vidphone.release.bench import Bench

FAILED = 1
DAY_VARIABLE = "SOURCE_DATE_EPOCH"


def add_arguments(parser: argparse.ArgumentParser, command: str) -> None:
    """Describe `release` and its options."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add_release_arguments(parser)


def run(command: str, arguments: argparse.Namespace) -> int:
    """Do it; what cannot be done is said on standard error."""
    try:
        _do(arguments)
    except Refused as refusal:
        print(refusal, file=sys.stderr)  # noqa: T201
        return FAILED
    except OSError as error:
        print(words("not-written", detail=error.strerror or str(error)), file=sys.stderr)  # noqa: T201
        return FAILED
    return 0


def _do(arguments: argparse.Namespace) -> None:
    if arguments.what == "build":
        _build(arguments)
        return
    from vidphone.release.bench import Bench  # noqa: PLC0415 - `build` needs no service

    with closing(Bench(arguments)) as bench:
        _ask(bench, arguments.what, getattr(arguments, "then", ""))


def _ask(bench: "Bench", what: str, then: str) -> None:
    from vidphone.release import ceremony, offering, signing, status  # noqa: PLC0415 - as above

    match what, then:
        case "init", _:
            ceremony.init(bench)
        case "keys", "make":
            ceremony.make_key(bench)
        case "keys", "add":
            ceremony.add_key(bench)
        case "keys", "withdraw":
            ceremony.withdraw_key(bench)
        case "keys", _:
            ceremony.list_keys(bench)
        case "push", _:
            offering.push(bench)
        case "promote", _:
            offering.promote(bench)
        case "rollout", _:
            offering.rollout(bench)
        case "halt", _:
            offering.halt(bench)
        case "rollback", _:
            offering.rollback(bench)
        case "sign", _:
            signing.sign_waiting(bench)
        case "expire", _:
            signing.expire(bench)
        case _:
            status.show(bench)


def _build(arguments: argparse.Namespace) -> None:
    from vidphone.release import building  # noqa: PLC0415 - packing is loaded for it alone
    from vidphone.wire.releases import Notes  # noqa: PLC0415 - as above

    at = float(os.environ.get(DAY_VARIABLE) or int(time.time()))
    notes = Notes(zh=arguments.notes_zh, en=arguments.notes_en)
    wish = building.Wish(arguments.version, arguments.platform, at, arguments.number, notes)
    previous = [building.open_build(folder) for folder in arguments.previous]
    made = building.build(arguments.tree, wish, arguments.to, previous)
    packed = sum(blob.size for blob in made.build.blobs.values())
    print(words("built", count=len(made.build.files), kilobytes=packed // 1000, deltas=len(made.build.deltas)))  # noqa: T201
    print(made.folder)  # noqa: T201 - the last line, for scripts
