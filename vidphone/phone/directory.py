"""Contacts, history and settings: what the profile keeps, and the events that tell of it."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path

from vidphone.account import settings as settings_file
from vidphone.account import vcard
from vidphone.account.contacts import Contact
from vidphone.account.history import HistoryEntry
from vidphone.account.profile import Profile
from vidphone.account.settings import Settings
from vidphone.account.store import ProfileStore
from vidphone.call.view import CallView, Direction
from vidphone.phone import commands, events
from vidphone.phone.engine import Emit
from vidphone.phone.notice_commands import TakeNumber
from vidphone.wire.errors import ErrorCode
from vidphone.wire.reasons import MISSED, EndReason

HISTORY_SHOWN = 500

Command = (
    commands.SaveContact
    | commands.RemoveContact
    | commands.ImportContacts
    | commands.ExportContacts
    | commands.MarkMissedSeen
    | commands.ForgetHistory
    | commands.ChangeSettings
    | TakeNumber
)


class Directory:
    """Keeps contacts, history and settings of one profile. Its coroutines are run one after another in a lane."""

    def __init__(self, profile: Profile, store: ProfileStore, emit: Emit) -> None:
        self._profile = profile
        self._store = store
        self._emit = emit
        self._names: dict[str, str] = {}
        self.settings = Settings()

    async def open(self) -> None:
        """Read everything and tell it."""
        self.settings = await asyncio.to_thread(settings_file.load, self._profile.directory)
        self._emit(events.SettingsChanged(self.settings))
        if self._store.damaged is not None:
            self._emit(events.Failure(ErrorCode.PROFILE_DAMAGED, (("path", str(self._store.damaged)),)))
        await self._tell_contacts()
        await self._tell_history()

    def name_of(self, number: str) -> str:
        """The name of the contact with that number, or nothing."""
        return self._names.get(number, "")

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers of all contacts."""
        return tuple(self._names)

    async def perform(self, command: Command) -> None:
        """Do what was asked for.

        Raises:
            VidphoneError: `BAD_FILE`, the vCard file cannot be read or written.
        """
        match command:
            case commands.SaveContact(contact=contact):
                await self._store.save_contact(contact)
                await self._tell_contacts()
            case commands.RemoveContact(contact_id=contact_id):
                await self._store.remove_contact(contact_id)
                await self._tell_contacts()
            case commands.ImportContacts(path=path):
                await self._import(path)
            case commands.ExportContacts(path=path):
                everyone = await self._store.contacts()
                await asyncio.to_thread(vcard.write_file, path, everyone)
                self._emit(events.ContactsExported(str(path), len(everyone)))
            case commands.MarkMissedSeen():
                await self._store.mark_missed_seen()
                await self._tell_history()
            case commands.ForgetHistory():
                await self._store.forget_history()
                await self._tell_history()
            case commands.ChangeSettings(settings=wanted):
                await self.keep(wanted)
            case TakeNumber(old=old, new=new):
                await self._take_number(old, new)

    async def keep(self, wanted: Settings) -> None:
        """Keep these settings."""
        self.settings = wanted
        await asyncio.to_thread(settings_file.save, self._profile.directory, wanted)
        self._emit(events.SettingsChanged(wanted))

    async def signed_in_as(self, service: str, number: str) -> None:
        """Remember the account for the next start."""
        await self.keep(replace(self.settings, service=service, number=number))

    async def add_call(self, view: CallView, quality: int | None) -> None:
        """Write an ended call into the history, under the id by which the service charges it."""
        talked_s = (view.ended_at or 0.0) - view.connected_at if view.connected_at is not None else 0.0
        reason = view.reason or EndReason.FAILED
        incoming = view.direction is Direction.INCOMING
        missed = incoming and view.connected_at is None and reason in MISSED
        began_s_ago = time.monotonic() - (view.dialled_at if view.dialled_at is not None else time.monotonic())
        await self._store.add_history(
            HistoryEntry(
                id=view.call,
                number=view.peer_number,
                name=view.peer_name,
                incoming=incoming,
                video=view.video,
                started_at_epoch_s=time.time() - began_s_ago,
                talked_s=max(0.0, talked_s),
                reason=reason,
                missed=missed,
                seen=not missed,
                quality=quality,
            )
        )
        await self._tell_history()

    async def _import(self, path: Path) -> None:
        found = await asyncio.to_thread(vcard.read_file, path)
        await self._store.save_contacts(found.contacts)
        await self._tell_contacts()
        self._emit(events.ContactsImported(len(found.contacts), found.refused))

    async def _take_number(self, old: str, new: str) -> None:
        everyone = await self._store.contacts()
        await self._store.save_contacts(
            replace(contact, numbers=tuple(dict.fromkeys(new if each == old else each for each in contact.numbers)))
            for contact in everyone
            if old in contact.numbers
        )
        await self._tell_contacts()

    async def _tell_contacts(self) -> None:
        everyone: tuple[Contact, ...] = await self._store.contacts()
        self._names = {number: contact.name for contact in everyone for number in contact.numbers}
        self._emit(events.ContactsChanged(everyone))

    async def _tell_history(self) -> None:
        entries = await self._store.history(HISTORY_SHOWN)
        missed = sum(entry.missed and not entry.seen for entry in entries)
        self._emit(events.HistoryChanged(entries, missed))
