"""Makes reports, shows them, sends them and writes them into files, as a person asks."""

import asyncio
import getpass
import locale
import platform
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vidphone.account.contacts import Contact
from vidphone.account.history import HistoryEntry
from vidphone.account.profile import write_whole
from vidphone.account.reports_client import ReportsClient
from vidphone.account.settings import Settings
from vidphone.media.devices import Device, DeviceKind
from vidphone.phone import events
from vidphone.phone.diagnosis.bundle import Findings, bundle
from vidphone.phone.diagnosis.calls import CallNote
from vidphone.phone.diagnosis.crashes import fingerprint, forget_crash, last_crash
from vidphone.phone.diagnosis.known import Known
from vidphone.phone.diagnosis.program import ThisProgram, platform_name
from vidphone.phone.engine import Emit
from vidphone.phone.events import Request, request_failed
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.reports import MAX_TEXT, Report, ReportKind

LOG_BYTES = 400_000
"""Of the end of the log, which is read for a report."""


@dataclass(frozen=True, slots=True)
class Around:
    """What a report is made of besides the log, at this moment."""

    devices: Mapping[DeviceKind, tuple[Device, ...]]
    selected: Mapping[DeviceKind, str]
    calls: tuple[CallNote, ...]
    contacts: tuple[Contact, ...]
    history: tuple[HistoryEntry, ...]
    own_name: str
    settings: Settings


class Reports:
    """Run in a lane. What fails is told as `RequestFailed`."""

    def __init__(self, profile: Path, program: ThisProgram, emit: Emit) -> None:
        self._profile = profile
        self._program = program
        self._emit = emit
        self._made: tuple[str, Report] | None = None
        self._crash: Report | None = None
        """As the person was shown it."""

    async def make(self, words: str, around: Around) -> None:
        """Put a report together and show it."""
        report = await asyncio.to_thread(self._make, ReportKind.PROBLEM, words, around)
        self._made = (secrets.token_hex(16), report)
        self._emit(events.ReportMade(report.text))

    async def send(self, service: str) -> None:
        """Send the report that was made last."""
        try:
            await self._send(service, *self._last())
        except VidphoneError as error:
            self._emit(request_failed(Request.REPORT, error))
        else:
            self._emit(events.ReportSent())

    async def save(self, path: Path) -> None:
        """Write the report that was made last into a file."""
        try:
            await asyncio.to_thread(_write, path, self._last()[1].text)
        except VidphoneError as error:
            self._emit(request_failed(Request.SAVE_REPORT, error))
        else:
            self._emit(events.ReportSaved(str(path)))

    async def look_for_crash(self, around: Around) -> None:
        """If the last run crashed: tell the provider where that is allowed, ask where nobody was asked yet."""
        crash = await asyncio.to_thread(last_crash, self._profile)
        if not crash:
            return
        match around.settings.crash_reports:
            case True:
                await self.tell_crash(around)
            case False:
                await asyncio.to_thread(forget_crash, self._profile)
            case None:
                self._crash = await asyncio.to_thread(self._make, ReportKind.CRASH, "", around)
                self._emit(events.CrashFound(self._crash.text))

    async def tell_crash(self, around: Around) -> None:
        """Send the crash that was found; what cannot be sent now is tried at the next start."""
        report = self._crash
        if report is None:
            report = await asyncio.to_thread(self._make, ReportKind.CRASH, "", around)
        try:
            await self._send(around.settings.service, secrets.token_hex(16), report)
        except VidphoneError as error:
            self._emit(request_failed(Request.REPORT, error))
            return
        await asyncio.to_thread(forget_crash, self._profile)
        self._emit(events.ReportSent())

    async def forget_crash(self) -> None:
        """The person does not want it told."""
        await asyncio.to_thread(forget_crash, self._profile)

    def _last(self) -> tuple[str, Report]:
        if self._made is None:
            raise VidphoneError(ErrorCode.NOT_POSSIBLE_NOW, {"detail": "ui.report.none"})
        return self._made

    async def _send(self, service: str, report_id: str, report: Report) -> None:
        if not service:
            raise VidphoneError(ErrorCode.SERVICE_UNREACHABLE, {"service": "—"})
        client = await asyncio.to_thread(ReportsClient, service)
        try:
            await client.send(report_id, report)
        finally:
            await client.close()

    def _make(self, kind: ReportKind, words: str, around: Around) -> Report:
        """Blocking: it reads the log."""
        program, channel = self._program, self._program.channel()
        crash = last_crash(self._profile) if kind is ReportKind.CRASH else ""
        findings = Findings(
            program={
                "kind": kind.value,
                "version": program.version,
                "build": program.build,
                "channel": channel,
                "platform": platform_name(),
                "installed as": program.distribution or program.installed_as.value,
                "python": platform.python_version(),
                "system": platform.platform(terse=True),
                "language": locale.getlocale()[0] or "",
            },
            words=words,
            devices=around.devices,
            selected=around.selected,
            calls=around.calls,
            log=_end_of_log(self._profile),
            crash=crash,
            now_s=time.monotonic(),
        )
        text = bundle(findings, self._known(around))[:MAX_TEXT]
        mark = fingerprint(crash) if crash else ""
        return Report(
            kind=kind, build=program.build, channel=channel, platform=platform_name(), fingerprint=mark, text=text
        )

    def _known(self, around: Around) -> Known:
        names = [around.own_name, *(contact.name for contact in around.contacts)]
        names += [entry.name for entry in around.history]
        numbers = [around.settings.number, *(number for contact in around.contacts for number in contact.numbers)]
        numbers += [entry.number for entry in around.history]
        return Known.of(names, numbers, str(Path.home()), _names_of_machine())


def _names_of_machine() -> list[str]:
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # nobody by that id
        user = ""
    return [name for name in (user, platform.node()) if name not in {"root", "localhost"}]


def _end_of_log(profile: Path) -> str:
    path = profile / "logs" / "vidphone.log"
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - LOG_BYTES))
            text = file.read(LOG_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
    return text if size <= LOG_BYTES else text.partition("\n")[2]


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text + "\n")
    except OSError as error:
        raise VidphoneError(ErrorCode.BAD_FILE, {"path": str(path)}) from error
