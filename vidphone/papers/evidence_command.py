"""`vidphone verify-evidence`: is this bundle as the provider signed it? Offline, without the service."""

import argparse
import sys
from pathlib import Path

from vidphone.papers.evidence import MAX_BYTES, EvidenceVerdict, verify_evidence
from vidphone.texts import system_language, text

ABOUT = """\
Verifies a bundle of evidence, as customers save it: that every byte in it is as the provider signed it. Nothing is
asked of the network or of the service."""
MORE = """\
Every bundle brings the provider's root certificate along. Who made the bundle is certain only where that one is known
from elsewhere: give it with --root, or compare the fingerprint that is told with the one that the provider publishes.

exit code: 0 intact, 1 not, 2 the file cannot be read"""
INTACT, ALTERED, UNREADABLE = 0, 1, 2


def add_arguments(parser: argparse.ArgumentParser, command: str) -> None:
    """Describe the command."""
    del command
    parser.description, parser.epilog = ABOUT, MORE
    parser.add_argument("file", type=Path, metavar="FILE", help="the bundle")
    parser.add_argument("--root", type=Path, metavar="PEM", help="the provider's root certificate, from elsewhere")


def run(command: str, arguments: argparse.Namespace) -> int:
    """Do it; the exit code."""
    del command
    try:
        with arguments.file.open("rb") as file:
            bundle = file.read(MAX_BYTES + 1)
        root = arguments.root.read_text("ascii") if arguments.root else ""
        verdict = verify_evidence(bundle, root)
    except (OSError, ValueError) as error:
        print(_say("unreadable", detail=str(error)), file=sys.stderr)  # noqa: T201
        return UNREADABLE
    print("\n".join(told(verdict)))  # noqa: T201
    return INTACT if verdict.intact else ALTERED


def told(verdict: EvidenceVerdict) -> list[str]:
    """A verdict in sentences, in the system's language."""
    if verdict.problem is not None:
        return [_say("not-intact"), _say(verdict.problem.value, file=verdict.about)]
    made = verdict.made_at.strftime("%Y-%m-%d %H:%M:%S UTC") if verdict.made_at else ""
    return [
        _say("intact"),
        _say("made", signer=verdict.signer, at=made, number=verdict.customer, files=verdict.files),
        *([_say("left-out", files=", ".join(verdict.left_out))] if verdict.left_out else []),
        _say("root-given" if verdict.root_given else "root-unknown", sha256=verdict.root_sha256),
    ]


def _say(key: str, **places: object) -> str:
    return text(f"evidence.{key}", system_language(), **places)
