"""One customer's phone on the engine's loop: it joins account, calls and media, which know nothing of each other."""

import asyncio
import logging
from typing import TYPE_CHECKING

from vidphone.account.keeper import TokenKeeper
from vidphone.account.profile import Profile
from vidphone.account.service_client import ServiceClient
from vidphone.account.settings import Settings
from vidphone.account.sign_up.draft import Draft
from vidphone.account.sign_up.places import kept_services
from vidphone.account.store import ProfileStore
from vidphone.media.devices import Device, DeviceKind
from vidphone.media.engine import MediaEngine, MediaProfile
from vidphone.media.process.switches import VoiceProcessing
from vidphone.media.slot import PictureSlot
from vidphone.media.sound.levels import SoundLevel, VoiceState
from vidphone.phone import commands, events
from vidphone.phone.calls import Calls
from vidphone.phone.case_commands import CaseCommand
from vidphone.phone.desk import Desk
from vidphone.phone.directory import Directory
from vidphone.phone.engine import Emit
from vidphone.phone.events import failure
from vidphone.phone.lane import Lane
from vidphone.phone.money_desk import MoneyDesk
from vidphone.phone.network_commands import TestNetwork
from vidphone.phone.notice_commands import NoticeCommand, TakeNumber
from vidphone.phone.options import PhoneOptions
from vidphone.phone.quality import CallQualities
from vidphone.phone.registration import Registration, device_name
from vidphone.phone.upkeep import Upkeep
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.http import SignedIn
from vidphone.wire.signaling import CallMessage, Standing

if TYPE_CHECKING:
    from vidphone.phone import cases, my_account, sign_up
    from vidphone.phone.network_test.work import NetworkWork
    from vidphone.phone.notices import NoticeWork

log = logging.getLogger(__name__)

FINISH_S = 2.0
"""How long what was asked of the profile may take once the phone closes."""
TOKEN_IS_NO_GOOD = frozenset({ErrorCode.NOT_SIGNED_IN, ErrorCode.ACCOUNT_DISABLED})
"""Only these refusals throw a kept token away; a busy or absent service does not sign anybody out."""


class Phone:
    """The phone. All of it runs on the engine's loop."""

    def __init__(
        self, profile: Profile, options: PhoneOptions, emit: Emit, remote: PictureSlot, local: PictureSlot
    ) -> None:
        self._profile = profile
        self._options = options
        self._tell_shell = emit
        self._slots = (remote, local)
        self._store = ProfileStore(profile.directory)
        self._keeper = TokenKeeper(use_keyring=options.keep_token)
        self._directory = Directory(profile, self._store, self._emit)
        self._upkeep = Upkeep(profile.directory, self._emit, self)
        self._qualities = CallQualities(self.who)
        self._token_kept = False
        self._registration: Registration | None = None
        self._asking: asyncio.Future[SignedIn] | None = None
        """A sign-in whose answer is awaited."""
        self._given_up = False
        self._name = ""
        self._signing_up: sign_up.SignUp | None = None
        self._my_account: my_account.MyAccount | None = None

    def _emit(self, event: events.Event) -> None:
        self._upkeep.take(event)
        self._qualities.take(event)
        self._tell_shell(event)

    async def start(self) -> None:
        """Open the profile and the media; `Ready` follows."""
        self._account_lane = Lane("account", self._emit)
        self._directory_lane = Lane("directory", self._emit)
        self._media_lane = Lane("media", self._emit)
        self._sign_up_lane = Lane("sign-up", self._emit)
        self._draft_lane = Lane("draft", self._emit)
        self._request_lane = Lane("requests", self._emit)
        self._money = MoneyDesk(self._emit, self.who)
        self._cases = Desk("cases", self._emit, self._make_cases)
        self._network = Desk("network test", self._emit, self._make_network)
        self._notices = Desk("notices", self._emit, self._make_notices)
        await self._store.open()
        await self._directory.open()
        self._device = await self._store.device_id()
        self._media = MediaEngine(self._media_profile(), *self._slots, self)
        self._calls = Calls(
            self, self._hurry, self._media, self._directory, self._directory_lane, self._emit, self._options
        )
        await self._upkeep.start()
        self._emit(events.Ready())
        for service in await asyncio.to_thread(lambda: tuple(kept_services(self._profile.directory))):
            self._emit(events.SignUpKept(service))

    def _media_profile(self) -> MediaProfile:
        chosen, settings = self._options, self._directory.settings
        return MediaProfile(
            camera=chosen.camera or settings.camera,
            microphone=chosen.microphone or settings.microphone,
            speaker=chosen.speaker or settings.speaker,
            ringer=chosen.speaker or settings.ringer,
            width=chosen.width,
            height=chosen.height,
            who=chosen.who,
            voice=self._voice(settings),
        )

    def _voice(self, settings: Settings) -> VoiceProcessing:
        return self._options.voice or VoiceProcessing(
            echo=settings.echo_cancellation, noise=settings.noise_suppression, gain=settings.automatic_gain
        )

    # --- commands

    def perform(self, command: commands.Command) -> None:
        """Begin to do what a shell asks for; what cannot be done is told as a `Failure`."""
        try:
            self._perform(command)
        except VidphoneError as error:
            self._emit(failure(error))

    def _perform(self, command: commands.Command) -> None:
        match command:
            case commands.SignIn():
                self._account_lane.add(lambda: self._sign_in(command))
            case commands.Resume():
                self._account_lane.add(lambda: self._resume(command))
            case commands.SignOut():
                if self._asking is not None:
                    self._given_up = self._asking.cancel()
                else:
                    self._account_lane.add(self._sign_out)
            case commands.Dial():
                self._dial(command)
            case commands.Answer(call=call):
                self._upkeep.check_version(self._calls.peer_of(call))
                self._calls.perform(command)
            case commands.ShellReady():  # after the sign-in that was asked for before, whatever comes of it
                self._account_lane.add(self._upkeep.settled)
            case _ if isinstance(command, commands.UpgradeCommand):
                self._upkeep.perform_upgrade(command)
            case _ if isinstance(command, commands.ReportCommand):
                self._upkeep.perform_report(command)
            case (
                commands.OpenSignUp()
                | commands.FindNumbers()
                | commands.BeginSigning()
                | commands.Sign()
                | commands.LeaveSignUp()
            ):
                self._sign_up_lane.add(lambda: self._sign_up(command))
            case commands.KeepDraft(draft=draft):
                self._draft_lane.add(lambda: self._keep_draft(draft))
            case (
                commands.ChangePassword()
                | commands.ResetPassword()
                | commands.FetchAgreement()
                | commands.SaveAgreement()
                | commands.FetchMyData()
                | commands.ExportMyData()
                | commands.FetchDisclosures()
                | commands.FetchReview()
                | commands.SendCopy()
            ):
                self._request_lane.add(lambda: self._ask_of_account(command))
            case _ if isinstance(command, commands.MoneyCommand):
                self._money.perform(command)
            case _ if isinstance(command, CaseCommand):
                self._cases.perform(command)
            case TestNetwork():
                self._network.perform(command)
            case _ if isinstance(command, NoticeCommand):
                self._notices.perform(command)
            case commands.SelectDevice():
                self._media_lane.add(lambda: self._select(command))
            case commands.Preview(on=on):
                self._media.preview(on)
            case commands.TestSound(kind=kind):
                self._media.test_sound(kind)
            case commands.ListenToMicrophone(on=on):
                self._media.voice_check(begin=on).listen(on)
            case commands.RecordVoice(on=on):
                self._media.voice_check(begin=on).record(on)
            case commands.PlayVoice(on=on):
                self._media.voice_check(begin=on).play(on)
            case commands.ListDevices():
                self._media_lane.add(self._tell_devices)
            case commands.ChangeSettings(settings=settings):
                self._media.process_voice(self._voice(settings))
                self._directory_lane.add(lambda: self._directory.perform(command))
            case (
                commands.SaveContact()
                | commands.RemoveContact()
                | commands.ImportContacts()
                | commands.ExportContacts()
                | commands.MarkMissedSeen()
                | commands.ForgetHistory()
                | TakeNumber()
            ):
                self._directory_lane.add(lambda: self._directory.perform(command))
            case _:
                self._calls.perform(command)

    def _dial(self, command: commands.Dial) -> None:
        self._upkeep.check_version(command.number)
        registration = self._registration
        if registration is None:
            raise VidphoneError(ErrorCode.NOT_SIGNED_IN)
        if not registration.link.is_up:
            raise VidphoneError(ErrorCode.SERVICE_UNREACHABLE, {"service": registration.service})
        self._calls.dial(command.number, video=command.video)

    # --- account

    async def _sign_in(self, command: commands.SignIn) -> None:
        await self._leave()
        client = await asyncio.to_thread(ServiceClient, command.service)  # reading trusted certificates takes 160 ms
        self._given_up = False
        self._asking = asyncio.ensure_future(
            client.sign_in(command.number, command.password, self._device, device_name())
        )
        try:
            answer = await self._asking
        except asyncio.CancelledError:
            await client.close()
            if not self._given_up:
                raise  # the phone closes
            self._emit(events.SignedOut(None))
            return
        except VidphoneError:
            await client.close()
            raise
        finally:
            self._asking = None
        self._token_kept = False
        if self._options.keep_token:
            try:
                await self._keeper.save(command.service, answer.number, answer.token)
                self._token_kept = True
            except VidphoneError as error:
                self._emit(failure(error))
        await self._directory.signed_in_as(command.service, answer.number)
        self._register(client, command.service, answer.number, answer.token)
        self._name = answer.name
        self._emit(events.SignedIn(command.service, answer.number, answer.name))

    async def _resume(self, command: commands.Resume) -> None:
        await self._leave()
        token = await self._keeper.load(command.service, command.number)
        if token is None:
            self._emit(events.SignedOut(None))
            return
        self._token_kept = True
        client = await asyncio.to_thread(ServiceClient, command.service)
        name = ""
        try:
            name = (await client.me(token)).name
        except VidphoneError as error:
            if error.code in TOKEN_IS_NO_GOOD:
                await client.close()
                await self._keeper.forget(command.service, command.number)
                self._emit(events.SignedOut(error.code, tuple((error.about or {}).items())))
                return
            log.info("signed in without word of the service: %s", error.code)  # the link keeps trying
        self._name = name
        self._register(client, command.service, command.number, token)
        self._emit(events.SignedIn(command.service, command.number, name))

    def _register(self, client: ServiceClient, service: str, number: str, token: str) -> None:
        self._registration = Registration(
            client, service, number, token, self._device, self._keeper, self, self._emit, self._media.set_ice_servers
        )

    async def _take_number(self, old: str, new: str) -> None:
        """Keep what belongs to the account under the number that the provider gave it."""
        if self._registration is None or self._registration.number != new:
            return
        service, _, token = self._registration.who
        if self._options.keep_token:
            try:
                await self._keeper.save(service, new, token)
            except VidphoneError as error:
                self._emit(failure(error))
            await self._keeper.forget(service, old)
        await self._directory.signed_in_as(service, new)
        self._emit(events.SignedIn(service, new, self._name))

    async def _sign_out(self) -> None:
        registration = self._registration
        if registration is None:
            raise VidphoneError(ErrorCode.NOT_SIGNED_IN)
        await self._calls.end_all()
        self._registration = None
        await registration.sign_out()
        self._emit(events.SignedOut(None))

    async def _leave(self) -> None:
        if self._registration is not None:
            await self._calls.end_all()
            await self._registration.close()
            self._registration = None

    async def _sign_up(self, command: "sign_up.Command") -> None:
        if self._signing_up is None:
            self._signing_up = await asyncio.to_thread(self._make_sign_up)
        await self._signing_up.perform(command)

    def _make_sign_up(self) -> "sign_up.SignUp":
        from vidphone.phone.sign_up import SignUp  # noqa: PLC0415 - it reads tables of numbers; most starts need none

        directory, keep = self._profile.directory, self._options.keep_token
        return SignUp(directory, self._keeper, self._emit, self._sign_in_as_new, use_keyring=keep)

    def _sign_in_as_new(self, service: str, number: str, password: str) -> None:
        self._account_lane.add(lambda: self._sign_in(commands.SignIn(service, number, password)))

    async def _keep_draft(self, draft: Draft) -> None:
        if self._signing_up is not None:
            await self._signing_up.keep_draft(draft)

    async def _ask_of_account(self, command: "my_account.Command") -> None:
        if self._my_account is None:
            self._my_account = await asyncio.to_thread(self._make_my_account)
        await self._my_account.perform(command)

    def _make_my_account(self) -> "my_account.MyAccount":
        from vidphone.phone.my_account import MyAccount  # noqa: PLC0415 - as above

        return MyAccount(self._profile.directory, self._emit, self.who)

    def _make_cases(self) -> "cases.CaseWork":
        from vidphone.phone.cases import CaseWork  # noqa: PLC0415 - many models; most starts need none

        return CaseWork(self._profile.directory, self._emit, self.who)

    def _make_network(self) -> "NetworkWork":
        from vidphone.phone.network_test.work import NetworkWork  # noqa: PLC0415 - loads WebRTC

        return NetworkWork(self._emit, self.who, lambda: self._upkeep.in_call)

    def _make_notices(self) -> "NoticeWork":
        from vidphone.phone.notices import NoticeWork  # noqa: PLC0415 - many models; not before somebody is signed in

        return NoticeWork(self._emit, self.who, lambda: self._directory.numbers)

    # --- what upkeep asks (`upkeep.Surroundings`)

    def restartable(self) -> bool:
        """Whether a restart unasked leaves everything as it was: who is signed in stays so."""
        return self._options.keep_token and (self._registration is None or self._token_kept)

    async def devices(self) -> tuple[dict[DeviceKind, tuple[Device, ...]], dict[DeviceKind, str]]:
        """What devices there are, and which are chosen."""
        return await self._media.devices(), self._media.selected()

    async def keep(self, settings: Settings) -> None:
        """Keep these settings."""
        await self._directory.keep(settings)

    def who(self) -> tuple[str, str, str] | None:
        """Service, number and token of the sign-in there is."""
        return self._registration.who if self._registration is not None else None

    # --- media

    async def _select(self, command: commands.SelectDevice) -> None:
        await self._media.select(command.kind, command.device)
        await self._tell_devices()

    async def _tell_devices(self) -> None:
        self._emit(events.DevicesChanged(*await self.devices()))

    # --- what signaling, registration and media tell (their listeners' protocols)

    def send(self, message: CallMessage) -> None:
        """Give a message of a call to the link; without a registration there is nobody to tell."""
        if self._registration is not None:
            self._registration.link.send(message)

    def body_received(self, body: CallMessage | Standing) -> None:
        """A message of the hub."""
        self._calls.desk.receive(body)

    def link_up(self, resumed: bool) -> None:
        """Signaling is there."""
        self._calls.desk.link_up(resumed)

    def link_down(self) -> None:
        """Signaling is gone."""
        self._calls.desk.link_down()

    def renumbered(self, old: str, new: str) -> None:
        """The provider gave the customer another number."""
        self._account_lane.add(lambda: self._take_number(old, new))

    def registration_lost(self) -> None:
        """The service takes our token no more."""
        self._account_lane.add(self._leave)

    def device_notice(self, kind: DeviceKind, code: ErrorCode | None, name: str) -> None:
        """A device in use came, went or failed."""
        self._emit(events.DeviceNotice(kind, code, name))
        if kind is DeviceKind.CAMERA:
            self._calls.desk.set_camera_works(code is None)

    def trouble(self, code: ErrorCode) -> None:
        """Something works less well; calls go on."""
        self._emit(events.Failure(code))

    def microphone_level(self, level: SoundLevel) -> None:
        """How loud the microphone is."""
        self._emit(events.MicrophoneLevel(level))

    def voice_sample(self, state: VoiceState, seconds: float) -> None:
        """Where the sample of one's own voice stands."""
        self._emit(events.VoiceSample(state, seconds))

    def _hurry(self) -> None:
        if self._registration is not None:
            self._registration.link.network_changed()

    def devices_changed(self) -> None:
        """There are other devices now."""
        self._media_lane.add(self._tell_devices)

    def network_changed(self) -> None:
        """An address in use went away."""
        self._calls.desk.network_changed()
        self._hurry()

    async def close(self) -> None:
        """End calls, leave the service, free devices and files."""
        await self._draft_lane.finish(FINISH_S)
        await self._sign_up_lane.close()
        await self._request_lane.close()
        await self._money.close()
        await self._cases.close()
        await self._network.close()
        await self._notices.close()
        if self._signing_up is not None:
            await self._signing_up.close()
        await self._account_lane.close()  # or else a sign-in could come to pass behind our back
        await self._leave()
        await self._calls.close()
        await self._directory_lane.finish(FINISH_S)  # the calls that ended just now belong into the history
        await self._qualities.close()
        await self._media_lane.close()
        await self._media.close()
        await self._store.close()
        await self._upkeep.close()  # what is ready is put in place when no call is left
