"""What a signed-in customer asks of announcements, numbers, agreements and outages, answered with events."""

from collections.abc import Callable, Iterable

from pydantic import TypeAdapter, ValidationError

from vidphone.account.notices_client import NoticesClient
from vidphone.account.outages_client import OutagesClient
from vidphone.phone import notice_commands as commands
from vidphone.phone import notice_events as events
from vidphone.phone.desk import SignedInAs, SignedInClient
from vidphone.phone.engine import Emit
from vidphone.phone.events import Request, request_failed
from vidphone.terms.faults import Fault, FaultCode
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.notices import AnnouncementId, Objection, VersionName
from vidphone.wire.signaling import Number

REQUESTS: dict[type[commands.NoticeCommand], Request] = {
    commands.FetchAnnouncements: Request.ANNOUNCEMENTS,
    commands.ReadAnnouncement: Request.ANNOUNCEMENT_READ,
    commands.FetchChangedNumbers: Request.CHANGED_NUMBERS,
    commands.FetchVersions: Request.VERSIONS,
    commands.CompareVersion: Request.VERSION,
    commands.ObjectToVersion: Request.OBJECTION,
    commands.FetchOutages: Request.OUTAGES,
}
_NUMBER: TypeAdapter[str] = TypeAdapter(Number)
_ANNOUNCEMENT: TypeAdapter[str] = TypeAdapter(AnnouncementId)
_VERSION: TypeAdapter[str] = TypeAdapter(VersionName)


class NoticeWork:
    """Answers with events; what fails is told as `RequestFailed`. Run in a lane."""

    def __init__(
        self,
        emit: Emit,
        signed_in_as: SignedInAs,
        contact_numbers: Callable[[], Iterable[str]],
        make_client: Callable[[str, str], NoticesClient] = NoticesClient,
        make_outages: Callable[[str, str], OutagesClient] = OutagesClient,
    ) -> None:
        """`contact_numbers`: the numbers of all contacts."""
        self._emit = emit
        self._contact_numbers = contact_numbers
        self._notices = SignedInClient(signed_in_as, make_client)
        self._outages = SignedInClient(signed_in_as, make_outages)

    async def perform(self, command: commands.NoticeCommand) -> None:
        """Do what was asked for."""
        try:
            if isinstance(command, commands.FetchOutages):
                self._emit(events.OutagesShown((await (await self._outages.ready()).outages()).outages))
            else:
                self._emit(await self._answer(await self._notices.ready(), command))
        except VidphoneError as error:
            self._emit(request_failed(REQUESTS[type(command)], error))

    async def close(self) -> None:
        """Close the connections."""
        await self._notices.close()
        await self._outages.close()

    async def _answer(self, client: NoticesClient, command: commands.NoticeCommand) -> events.NoticeEvent:
        match command:
            case commands.FetchAnnouncements(before=before):
                page = await client.announcements(before)
                return events.AnnouncementsShown(page.announcements, page.unread, page.more, before)
            case commands.ReadAnnouncement(id=name):
                await client.read(_known(_ANNOUNCEMENT, name))
                return events.AnnouncementRead(name)
            case commands.FetchChangedNumbers():
                found = await client.numbers_changed(_askable(self._contact_numbers()))
                return events.NumbersChangedShown(found.changed, found.mine)
            case commands.CompareVersion(version=version):
                return events.VersionCompared(await client.compared(_known(_VERSION, version)))
            case commands.ObjectToVersion(version=version, words=words):
                return events.VersionObjected(await client.object(_known(_VERSION, version), _sayable(words)))
            case _:
                return events.VersionsShown((await client.versions()).versions)


def _known(names: TypeAdapter[str], name: str) -> str:
    """A name as names are written; it becomes part of an address."""
    try:
        return names.validate_python(name)
    except ValidationError:
        raise VidphoneError(ErrorCode.NOT_FOUND) from None


def _askable(numbers: Iterable[str]) -> list[str]:
    """Those that can be numbers of this service, once each and in order: the order of contacts says who is dear."""
    return sorted(number for number in set(numbers) if _is_number(number))


def _is_number(number: str) -> bool:
    try:
        _NUMBER.validate_python(number)
    except ValidationError:
        return False
    return True


def _sayable(words: str) -> str:
    try:
        return Objection(words=words).words
    except ValidationError as error:
        missing = error.errors()[0]["type"] == "string_too_short"
        fault = Fault("words", FaultCode.MISSING if missing else FaultCode.TOO_LONG)
        raise VidphoneError(ErrorCode.BAD_DATA, faults=(fault,)) from None
