"""What a phone does for the program that it is: upgrades, health, altered files, reports (clauses 3 and 8)."""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random, SystemRandom
from typing import TYPE_CHECKING, Protocol

from vidphone.account.contacts import Contact
from vidphone.account.history import HistoryEntry
from vidphone.account.settings import Settings
from vidphone.installation.errors import InstallationError
from vidphone.installation.installed_as import InstalledAs
from vidphone.media.devices import Device, DeviceKind
from vidphone.phone import commands, events
from vidphone.phone.diagnosis.calls import CallNotes
from vidphone.phone.diagnosis.program import ThisProgram
from vidphone.phone.engine import Emit
from vidphone.phone.health import Health
from vidphone.phone.lane import Lane
from vidphone.resources import assets_dir
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.signaling import Topic

if TYPE_CHECKING:
    from vidphone.phone.diagnosis.reports import Around, Reports
    from vidphone.phone.upgrade_ports import Upgrader
    from vidphone.phone.upgrades import Upgrades

log = logging.getLogger(__name__)

MAX_NAMED = 20
"""Altered files that are named; more are counted."""
Who = tuple[str, str, str]


class Surroundings(Protocol):
    """What upkeep asks of the phone."""

    def who(self) -> Who | None:
        """Service, number and token of the sign-in there is."""

    def restartable(self) -> bool:
        """Whether a restart unasked leaves everything as it was."""

    async def devices(self) -> tuple[dict[DeviceKind, tuple[Device, ...]], dict[DeviceKind, str]]:
        """What devices there are, and which are chosen."""

    async def keep(self, settings: Settings) -> None:
        """Keep these settings."""


@dataclass
class _Heard:
    """What events told that a report leaves out, or is made of."""

    contacts: tuple[Contact, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    own_name: str = ""
    settings: Settings = field(default_factory=Settings)


class Upkeep:
    """Made before the loop runs; from `start` to `close` on the engine's loop."""

    def __init__(
        self,
        directory: Path,
        emit: Emit,
        phone: Surroundings,
        chance: Random | None = None,
        program: Callable[[], ThisProgram] = ThisProgram.here,
    ) -> None:
        self._directory = directory
        self._emit = emit
        self._phone = phone
        self._chance = chance or SystemRandom()
        self._find_program = program
        self._calls = CallNotes()
        self._heard = _Heard()
        self._upgrades: Upgrades | None = None
        self._reports: Reports | None = None
        self._stopping = threading.Event()
        self._healthy = False

    async def start(self) -> None:
        """Find out what program this is, and begin."""
        self._lane = Lane("upkeep", self._emit)
        self._report_lane = Lane("reports", self._emit)
        self._program = await asyncio.to_thread(self._find_program)
        if self._program.installed_as is not InstalledAs.SOURCE:
            self._upgrades = await asyncio.to_thread(self._make_upgrades)
        if self._upgrades is not None:
            self._upgrades.start()
        if (self._directory / "logs").is_dir():
            self._report_lane.add(self._look_for_crash)

    async def close(self) -> None:
        """Stop looking; what is ready is put in place."""
        self._stopping.set()
        await self._report_lane.close()
        await self._lane.close()
        if self._upgrades is not None:
            await self._upgrades.close()

    @property
    def in_call(self) -> bool:
        """Whether there is any call, be it one that only rings."""
        return self._calls.busy

    def take(self, event: events.Event) -> None:
        """Take note of what the phone tells its shell."""
        self._calls.take(event)
        match event:
            case events.CallChanged() if self._upgrades is not None:
                self._upgrades.calls_changed(busy=self._calls.busy)
            case events.Noticed(topics=topics) if self._upgrades is not None and Topic.RELEASES in topics:
                self._upgrades.hinted()
            case events.ContactsChanged(contacts=contacts):
                self._heard.contacts = contacts
            case events.HistoryChanged(entries=entries):
                self._heard.history = entries
            case events.SignedIn(name=name):
                self._heard.own_name = name
            case events.SettingsChanged(settings=settings):
                self._heard.settings = settings
            case _:
                pass

    def check_version(self, number: str) -> None:
        """Raise `UPGRADE_NEEDED` where this version may not call that number, or be called by it."""
        if self._upgrades is not None and (refusal := self._upgrades.refusal(number)) is not None:
            raise refusal

    # --- upgrades

    def perform_upgrade(self, command: commands.UpgradeCommand) -> None:
        """Begin to do what was asked for. Raises `NOT_POSSIBLE_NOW` where there is nothing to do it with."""
        upgrades = self._upgrades
        match command:
            case commands.ShellReady():
                pass  # the phone says `settled` when a sign-in has come to an end, too
            case commands.CheckUpgrade() if upgrades is None:
                how = self._program.distribution or self._program.installed_as.value
                stage = events.UpgradeStage.NOT_SELF_UPDATING
                self._emit(events.UpgradeState(stage, how=how))
            case commands.CheckUpgrade() if upgrades is not None:
                upgrades.check()
            case commands.DelayUpgrade(hours=hours) if upgrades is not None:
                upgrades.delay(hours)
            case commands.InstallUpgradeNow() if upgrades is not None:
                upgrades.install_now()
            case _:
                raise VidphoneError(ErrorCode.NOT_POSSIBLE_NOW, {"detail": "ui.upgrade.nothing"})

    async def settled(self) -> None:
        """The shell is there and a sign-in, if there was one to be, has come to some end."""
        if not self._healthy:
            self._healthy = True
            self._lane.add(self._prove)

    async def _prove(self) -> None:
        installation = await asyncio.to_thread(self._program.installation)
        if installation is None or not await Health(installation, self._program.build).prove():
            return
        with suppress(InstallationError):  # somebody installs at this moment: the next start will do
            await asyncio.to_thread(installation.remove_old)
        from vidphone.phone.upgrader import Source, look_through  # noqa: PLC0415 - loads the update framework

        source = await asyncio.to_thread(Source.read, assets_dir() / "upgrades", "")
        if source is None:
            return
        try:
            altered = await asyncio.to_thread(
                look_through, installation, self._program.build, source.root, self._stopping.is_set
            )
        except InstallationError as error:
            log.warning("the installed files cannot be looked through: %s", error)
            return
        if altered:
            log.warning("%d installed files are not as they were signed", len(altered))
            named = tuple(f"{one.path} ({one.how.value})" for one in altered[:MAX_NAMED])
            self._emit(events.InstallationAltered(named, len(altered)))

    def _make_upgrades(self) -> "Upgrades | None":
        from vidphone.phone import upgrade_memory  # noqa: PLC0415 - only an installed program needs it
        from vidphone.phone.upgrades import Upgrades  # noqa: PLC0415

        if not (assets_dir() / "upgrades" / "root.json").is_file():
            return None
        memory = upgrade_memory.load(self._directory)
        upgrade_memory.save(self._directory, memory)
        program = self._program
        return Upgrades(
            self._emit,
            program.installation(),
            lambda: self._make_upgrader(memory.install_id),
            lambda: who[1] if (who := self._phone.who()) is not None else None,
            self._always_called,
            self._phone.restartable,
            memory,
            lambda known: upgrade_memory.save(self._directory, known),
            self._chance,
            how="" if program.root is not None else program.distribution or program.installed_as.value,
        )

    def _make_upgrader(self, install_id: str) -> "Upgrader":
        from vidphone.phone.upgrader import RepositoryUpgrader, Source  # noqa: PLC0415 - loads the update framework

        source = Source.read(assets_dir() / "upgrades", self._heard.settings.service)
        if source is None or not source.service:
            raise VidphoneError(ErrorCode.SERVICE_UNREACHABLE, {"service": "—"})
        return RepositoryUpgrader(
            self._directory / "upgrades",
            source,
            self._program.installation(),
            install_id,
            lambda: who[2] if (who := self._phone.who()) is not None else None,
        )

    async def _always_called(self) -> tuple[str, ...]:
        who = self._phone.who()
        if who is None:
            return ()
        from vidphone.account.account_client import AccountClient  # noqa: PLC0415 - hardly ever needed

        client = await asyncio.to_thread(AccountClient, who[0], who[2])
        try:
            provider = await client.provider()
            return (provider.support_number, *provider.free_numbers)
        finally:
            await client.close()

    # --- reports

    def perform_report(self, command: commands.ReportCommand) -> None:
        """Begin to do what was asked for."""
        self._report_lane.add(lambda: self._report(command))

    async def _report(self, command: commands.ReportCommand) -> None:
        reports = await self._made_reports()
        match command:
            case commands.MakeReport(words=words):
                await reports.make(words, await self._around())
            case commands.SendReport():
                who = self._phone.who()
                await reports.send(who[0] if who is not None else self._heard.settings.service)
            case commands.SaveReport(path=path):
                await reports.save(path)
            case commands.AllowCrashReports(on=on):
                await self._phone.keep(replace(self._heard.settings, crash_reports=on))
                if on:
                    await self._look_for_crash()
                else:
                    await reports.forget_crash()

    async def _look_for_crash(self) -> None:
        from vidphone.phone.diagnosis.crashes import LAST  # noqa: PLC0415

        if await asyncio.to_thread((self._directory / "logs" / LAST).exists):
            await (await self._made_reports()).look_for_crash(await self._around())

    async def _made_reports(self) -> "Reports":
        if self._reports is None:
            from vidphone.phone.diagnosis.reports import Reports  # noqa: PLC0415 - most runs make none

            self._reports = Reports(self._directory, self._program, self._emit)
        return self._reports

    async def _around(self) -> "Around":
        from vidphone.phone.diagnosis.reports import Around  # noqa: PLC0415 - as above

        devices, selected = await self._phone.devices()
        heard = self._heard
        return Around(
            devices, selected, self._calls.notes, heard.contacts, heard.history, heard.own_name, heard.settings
        )
