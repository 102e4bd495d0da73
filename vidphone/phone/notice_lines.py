"""The JSON lines of announcements, changed numbers, changed agreements and outages. Pure."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from vidphone.phone import commands, events, notice_commands, notice_events
from vidphone.phone.account_lines import Line
from vidphone.texts import Language
from vidphone.wire.notices import AnnouncementId, Objection, VersionName
from vidphone.wire.signaling import Number


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class AnnouncementsLine(_Model):
    """`announcements`: newest first."""

    do: Literal["announcements"]
    before: Annotated[float, Field(allow_inf_nan=False)] | None = None

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return notice_commands.FetchAnnouncements(self.before)


class ReadLine(_Model):
    """`read-announcement`."""

    do: Literal["read-announcement"]
    id: AnnouncementId

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return notice_commands.ReadAnnouncement(self.id)


class TakeNumberLine(_Model):
    """`take-number`: into the contacts."""

    do: Literal["take-number"]
    old: Number
    new: Number

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return notice_commands.TakeNumber(self.old, self.new)


class AskLine(_Model):
    """What needs nothing said."""

    do: Literal["changed-numbers", "agreement-versions", "outages"]

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        match self.do:
            case "changed-numbers":
                return notice_commands.FetchChangedNumbers()
            case "agreement-versions":
                return notice_commands.FetchVersions()
            case "outages":
                return notice_commands.FetchOutages()


class VersionLine(_Model):
    """`agreement-version`: beside the one before it."""

    do: Literal["agreement-version"]
    version: VersionName

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return notice_commands.CompareVersion(self.version)


class ObjectLine(Objection):
    """`object`: to a changed agreement."""

    do: Literal["object"]
    version: VersionName

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return notice_commands.ObjectToVersion(self.version, self.words)


Plain = AnnouncementsLine | ReadLine | TakeNumberLine | AskLine | VersionLine | ObjectLine


def lines_of(event: events.Event, _language: Language) -> list[Line]:
    """The lines of an event of this kind; none for others."""
    match event:
        case notice_events.AnnouncementsShown(announcements=announcements, unread=unread, more=more):
            listed = [each.model_dump(mode="json") for each in announcements]
            return [{"event": "announcements", "announcements": listed, "unread": unread, "more": more}]
        case notice_events.AnnouncementRead(id=name):
            return [{"event": "announcement-read", "id": name}]
        case notice_events.NumbersChangedShown(changed=changed, mine=mine):
            found = [each.model_dump(mode="json") for each in changed]
            own = [each.model_dump(mode="json") for each in mine]
            return [{"event": "changed-numbers", "changed": found, "mine": own}]
        case notice_events.VersionsShown(versions=versions):
            return [{"event": "agreement-versions", "versions": [each.model_dump(mode="json") for each in versions]}]
        case notice_events.VersionCompared(compared=compared):
            return [{"event": "agreement-version", **compared.model_dump(mode="json")}]
        case notice_events.VersionObjected(version=version):
            return [{"event": "objected", **version.model_dump(mode="json")}]
        case notice_events.OutagesShown(outages=outages):
            return [{"event": "outages", "outages": [each.model_dump(mode="json") for each in outages]}]
        case _:
            return []
