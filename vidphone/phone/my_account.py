"""What a signed-in customer asks of the account: agreement, own data, reviews, password."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr, ValidationError

from vidphone.account.account_client import AccountClient
from vidphone.account.copies import Copies, Seen
from vidphone.account.pictures import read_picture
from vidphone.account.profile import write_bytes_whole
from vidphone.account.sign_up_client import SignUpClient
from vidphone.phone import commands, events
from vidphone.phone.engine import Emit
from vidphone.phone.events import Request
from vidphone.terms.faults import Fault
from vidphone.terms.identity import normalise_identity_number
from vidphone.terms.passwords import check_password
from vidphone.terms.telephone import normalise_telephone
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.sign_up import MyAgreement, PasswordChange, PasswordReset

Command = (
    commands.ChangePassword
    | commands.ResetPassword
    | commands.FetchAgreement
    | commands.SaveAgreement
    | commands.FetchMyData
    | commands.ExportMyData
    | commands.FetchDisclosures
    | commands.FetchReview
    | commands.SendCopy
)
REQUESTS: dict[type[Command], Request] = {
    commands.ChangePassword: Request.PASSWORD,
    commands.ResetPassword: Request.RESET,
    commands.FetchAgreement: Request.AGREEMENT,
    commands.SaveAgreement: Request.SAVE_AGREEMENT,
    commands.FetchMyData: Request.MY_DATA,
    commands.ExportMyData: Request.EXPORT,
    commands.FetchDisclosures: Request.DISCLOSURES,
    commands.FetchReview: Request.REVIEW,
    commands.SendCopy: Request.COPY,
}
OFFLINE = frozenset({ErrorCode.SERVICE_UNREACHABLE, ErrorCode.SERVICE_BUSY, ErrorCode.INTERNAL})
"""Failures that the kept copy is shown in spite of."""

SignedInAs = Callable[[], tuple[str, str, str] | None]
"""Service, number and token of the sign-in there is."""


class MyAccount:
    """Answers with events; what fails is told as `RequestFailed`. Run in a lane."""

    def __init__(self, profile: Path, emit: Emit, signed_in_as: SignedInAs) -> None:
        self._profile = profile
        self._emit = emit
        self._signed_in_as = signed_in_as

    async def perform(self, command: Command) -> None:
        """Do what was asked for."""
        try:
            if isinstance(command, commands.ResetPassword):
                await self._reset(command)
                return
            who = self._signed_in_as()
            if who is None:
                raise VidphoneError(ErrorCode.NOT_SIGNED_IN)
            service, number, token = who
            copies = Copies(self._profile, service, number)
            client = await asyncio.to_thread(AccountClient, service, token)
            try:
                await self._perform(command, client, copies)
            finally:
                await client.close()
        except VidphoneError as error:
            about = tuple((error.about or {}).items())
            self._emit(events.RequestFailed(REQUESTS[type(command)], error.code, about, error.faults))

    async def _perform(self, command: Command, client: AccountClient, copies: Copies) -> None:
        match command:
            case commands.ChangePassword(old=old, new=new):
                change = _password_change(old, new)
                await client.change_password(change)
                self._emit(events.PasswordChanged())
            case commands.FetchAgreement(again=again):
                await self._show_agreement(client, copies, again=again)
            case commands.SaveAgreement(path=path):
                await asyncio.to_thread(_save_agreement, copies, path)
                self._emit(events.AgreementSaved(str(path)))
            case commands.FetchMyData():
                self._emit(events.MyDataShown(await client.my_data()))
            case commands.ExportMyData(path=path):
                content = (await client.export()).model_dump_json(indent=1)
                await asyncio.to_thread(_write, path, content.encode())
                self._emit(events.MyDataExported(str(path)))
            case commands.FetchDisclosures():
                self._emit(events.DisclosuresShown((await client.disclosures()).disclosures))
            case commands.FetchReview():
                self._emit(events.ReviewShown(await client.review()))
            case commands.SendCopy(path=path):
                content_type, copy = await asyncio.to_thread(read_picture, path)
                self._emit(events.ReviewShown(await client.send_copy(copy, content_type)))

    async def _reset(self, command: commands.ResetPassword) -> None:
        fault = check_password(command.password, (command.number, command.identity_number, command.telephone))
        if fault is not None:
            raise VidphoneError(ErrorCode.BAD_DATA, faults=(fault,))
        try:
            reset = PasswordReset(
                number=command.number,
                identity_number=normalise_identity_number(command.identity_number),
                telephone=normalise_telephone(command.telephone),
                password=SecretStr(command.password),
            )
        except ValidationError as error:
            code = ErrorCode.BAD_NUMBER if error.errors()[0]["loc"] == ("number",) else ErrorCode.RESET_REFUSED
            raise VidphoneError(code, {"number": command.number[:32]}) from None  # the cause would carry secrets
        client = await asyncio.to_thread(SignUpClient, command.service)
        try:
            await client.reset_password(reset)
        finally:
            await client.close()
        self._emit(events.PasswordWasReset(command.service, command.number))

    async def _show_agreement(self, client: AccountClient, copies: Copies, *, again: bool) -> None:
        online = True
        try:
            seen = await self._seen(client)
            await asyncio.to_thread(copies.keep_seen, seen)
        except VidphoneError as error:
            if error.code not in OFFLINE:
                raise
            online = False
            seen = await asyncio.to_thread(copies.seen)
        newest = next((agreement for agreement in seen.agreements if agreement.document_sha256), None)
        kept = await asyncio.to_thread(copies.kept)
        if online and newest is not None and (again or newest.id not in kept):
            await self._fetch(client, copies, newest)
            kept = (newest.id,)
        shown = _newest_kept(seen, kept)
        verdict, same = None, None
        if shown is not None:
            verdict = await asyncio.to_thread(copies.verify, shown)
        if shown is not None and online and newest is not None:
            same = await asyncio.to_thread(copies.sha256, shown) == newest.document_sha256
        path = None if shown is None else str(copies.path(shown))
        self._emit(events.AgreementShown(seen.agreements, path, verdict, same, online, seen.provider, seen.wording))

    @staticmethod
    async def _seen(client: AccountClient) -> Seen:
        listed = (await client.agreements()).agreements
        agreements = tuple(sorted(listed, key=lambda agreement: agreement.signed_at, reverse=True))
        try:
            return Seen(agreements=agreements, provider=await client.provider(), wording=await client.wording())
        except VidphoneError as error:
            if error.code is not ErrorCode.SIGN_UP_CLOSED:
                raise
            return Seen(agreements=agreements)  # a provider whose agreements are all on paper

    async def _fetch(self, client: AccountClient, copies: Copies, agreement: MyAgreement) -> None:
        """Take the provider's copy; one that does not verify is not kept."""
        pdf = await client.agreement_document(agreement.id)
        pinned = await asyncio.to_thread(copies.root, agreement.id)
        root_pem = pinned or (await client.provider()).root_certificate_pem
        if not await asyncio.to_thread(copies.is_good, pdf, agreement.document_sha256 or "", root_pem):
            raise VidphoneError(ErrorCode.DOCUMENT_DIFFERS)
        await asyncio.to_thread(copies.pin, agreement.id, root_pem)
        await asyncio.to_thread(copies.keep, agreement.id, pdf)


def _newest_kept(seen: Seen, kept: tuple[str, ...]) -> str | None:
    listed = (agreement.id for agreement in seen.agreements if agreement.id in kept)
    return next(listed, next(iter(kept), None))


def _password_change(old: str, new: str) -> PasswordChange:
    fault = check_password(new)
    if fault is not None:
        raise VidphoneError(ErrorCode.BAD_DATA, faults=(Fault("new", fault.code),))
    try:
        return PasswordChange(old=SecretStr(old), new=SecretStr(new))
    except ValidationError:
        raise VidphoneError(ErrorCode.PASSWORD_WRONG) from None  # the cause would carry both


def _save_agreement(copies: Copies, path: Path) -> None:
    """Write the newest copy, the same bytes; one that was changed is not given out as the agreement."""
    chosen = _newest_kept(copies.seen(), copies.kept())
    if chosen is None:
        raise VidphoneError(ErrorCode.NO_DOCUMENT)
    if not copies.verify(chosen).intact:
        raise VidphoneError(ErrorCode.DOCUMENT_ALTERED)
    _write(path, copies.read(chosen))


def _write(path: Path, content: bytes) -> None:
    try:
        write_bytes_whole(path, content)
    except OSError as error:
        raise VidphoneError(ErrorCode.BAD_FILE, {"path": str(path)}) from error
