"""The command: looks at everything in turn and says what it found."""

import argparse
import asyncio
import json
import logging
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TextIO

from vidphone.account import settings
from vidphone.account.profile import default_directory
from vidphone.phone.doctor import machine, network, rates
from vidphone.phone.doctor.findings import Finding, Level, fail, warn
from vidphone.texts import Language, system_language

log = logging.getLogger(__name__)

DESCRIPTION = """\
Looks at what a call needs: codecs, camera, microphone, speaker, keyring, network, and the way to the provider's
service. Each line says how it is, and where something is wrong, what to do next. Nothing is changed, no call is made,
no picture or sound is taken. With the sign-in that is kept, or with --number and --password-stdin, the network is
tested as well: relay, delay, loss and rates, with up to 9 MB. The exit code is 0 when calls are possible.
"""


def add_arguments(parser: argparse.ArgumentParser, command: str) -> None:
    """The options of `vidphone doctor`."""
    parser.description = DESCRIPTION
    parser.add_argument("--service", default="", metavar="URL", help="the provider's service (default: as last time)")
    parser.add_argument("--profile", default="", metavar="DIR", help="where settings, contacts and history are kept")
    parser.add_argument("--number", default="", metavar="NUMBER", help="test the network as this customer")
    parser.add_argument("--password-stdin", action="store_true", help="the password of --number is on standard input")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    parser.add_argument("--language", choices=[language.value for language in Language], help="of the lines")


def run(command: str, arguments: argparse.Namespace) -> int:
    """Look at everything; 0 when calls are possible."""
    directory = Path(arguments.profile) if arguments.profile else default_directory()
    kept = settings.load(directory)
    language = Language(arguments.language) if arguments.language else kept.language or system_language()
    password = sys.stdin.readline().rstrip("\n") if arguments.password_stdin else ""
    who = rates.Who(arguments.service or kept.service, arguments.number or kept.number, password)
    findings = examine(directory, who)
    if arguments.json:
        write_json(findings, language, sys.stdout)
    else:
        write_lines(findings, language, sys.stdout)
    return 1 if any(finding.level is Level.FAIL for finding in findings) else 0


def examine(directory: Path, who: rates.Who) -> list[Finding]:
    """Look at everything."""
    looks: tuple[Callable[[], Iterable[Finding]], ...] = (
        machine.program,
        machine.codecs,
        machine.cameras,
        machine.microphones,
        machine.speakers,
        machine.keyring,
        lambda: machine.profile(directory),
        network.addresses,
        network.udp,
        lambda: asyncio.run(_all(who)) if who.service else [warn("no-service")],
    )
    return [finding for look in looks for finding in _carefully(look)]


def write_lines(findings: list[Finding], language: Language, out: TextIO) -> None:
    """One line a finding, and its next step below."""
    for finding in findings:
        out.write(f"{finding.level.value:<4}  {finding.sentence(language)}\n")
        if step := finding.next_step(language):
            out.write(f"      → {step}\n")


def write_json(findings: list[Finding], language: Language, out: TextIO) -> None:
    """The same as one JSON object."""
    lines = [
        {
            "level": finding.level.value,
            "key": finding.key,
            "text": finding.sentence(language),
            "next_step": finding.next_step(language),
        }
        for finding in findings
    ]
    json.dump({"ok": all(line["level"] != "fail" for line in lines), "findings": lines}, out, ensure_ascii=False)
    out.write("\n")


async def _all(who: rates.Who) -> list[Finding]:
    found = [finding async for finding in network.service(who.service)]
    if all(finding.level is not Level.FAIL for finding in found):
        found += await rates.network_test(who)
    return found


def _carefully(look: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """A part so broken that it cannot even be looked at is a finding too."""
    try:
        return list(look())
    except Exception as error:  # whatever a broken installation raises
        log.debug("a look failed", exc_info=True)
        return [fail("broken", detail=f"{type(error).__name__}: {error}")]
