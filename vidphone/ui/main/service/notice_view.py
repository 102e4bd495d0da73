"""What the rooms of news, agreements and outages show: the engine's answers folded into one picture. Knows no Qt."""

from dataclasses import dataclass

from vidphone.account.contacts import Contact
from vidphone.phone import notice_commands as commands
from vidphone.phone import notice_events as told
from vidphone.phone.commands import Command
from vidphone.phone.events import Event, Request, RequestFailed, SignedOut
from vidphone.ui.main.answers import Answers
from vidphone.wire.notices import Announcement, ChangedNumber, ChangedVersion, ComparedVersions
from vidphone.wire.outages import MyOutage

REQUESTS: dict[type[Command], Request] = {
    commands.FetchAnnouncements: Request.ANNOUNCEMENTS,
    commands.ReadAnnouncement: Request.ANNOUNCEMENT_READ,
    commands.FetchChangedNumbers: Request.CHANGED_NUMBERS,
    commands.FetchVersions: Request.VERSIONS,
    commands.CompareVersion: Request.VERSION,
    commands.ObjectToVersion: Request.OBJECTION,
    commands.FetchOutages: Request.OUTAGES,
}
_OURS = frozenset(REQUESTS.values())


@dataclass
class NoticeView(Answers):
    """What is known, asked, and failed. Only `asked`, `fold` and `forget` change it."""

    announcements: tuple[Announcement, ...] | None = None
    unread: int = 0
    """Of all there are."""
    more: bool = False
    changed: tuple[ChangedNumber, ...] = ()
    versions: tuple[ChangedVersion, ...] | None = None
    compared: ComparedVersions | None = None
    outages: tuple[MyOutage, ...] | None = None

    def asked(self, command: Command) -> bool:
        """Something is asked of the engine: what came of it before is past. Whether it is about these."""
        request = REQUESTS.get(type(command))
        if request is None:
            return False
        self._asked(request)
        if isinstance(command, commands.CompareVersion):
            self.compared = None
        return True

    def fold(self, event: Event) -> bool:
        """Take one event in; whether it was about these."""
        match event:
            case told.AnnouncementsShown():
                self._take(event)
            case told.AnnouncementRead(id=name):
                self._read(name)
            case told.NumbersChangedShown(changed=changed):
                self.changed = changed
                self._answered(Request.CHANGED_NUMBERS)
            case told.VersionsShown(versions=versions):
                self.versions = versions
                self._answered(Request.VERSIONS)
            case told.VersionCompared(compared=compared):
                self.compared = compared
                self._answered(Request.VERSION)
            case told.VersionObjected(version=version):
                self.versions = tuple(
                    version if each.version == version.version else each for each in self.versions or (version,)
                )
                self._answered(Request.OBJECTION)
            case told.OutagesShown(outages=outages):
                self.outages = outages
                self._answered(Request.OUTAGES)
            case RequestFailed(request) if request in _OURS:
                self._failed(event)
            case SignedOut():
                self.forget()
            case _:
                return False
        return True

    def _take(self, shown: told.AnnouncementsShown) -> None:
        known = () if shown.before is None else self.announcements or ()
        seen = {each.id for each in shown.announcements}
        self.announcements = (*(each for each in known if each.id not in seen), *shown.announcements)
        self.unread, self.more = shown.unread, shown.more
        self._answered(Request.ANNOUNCEMENTS)

    def _read(self, name: str) -> None:
        fresh = {each.id for each in self.announcements or () if each.read_at is None}
        if name in fresh:
            self.unread = max(0, self.unread - 1)
        self.announcements = tuple(
            each.model_copy(update={"read_at": each.published_at}) if each.id == name and name in fresh else each
            for each in self.announcements or ()
        )
        self._answered(Request.ANNOUNCEMENT_READ)


def moved(contacts: tuple[Contact, ...], changed: tuple[ChangedNumber, ...]) -> tuple[tuple[str, ChangedNumber], ...]:
    """Which contacts have a number that is another one now, each with its name."""
    return tuple((contact.name, one) for one in changed for contact in contacts if one.old in contact.numbers)
