"""What a signed-in customer asks of cases, devices and evidence, answered with events (clauses 4, 6, 16 and 18)."""

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from vidphone.account.cases_client import CasesClient
from vidphone.account.copies import Copies
from vidphone.account.pictures import read_picture
from vidphone.account.profile import write_bytes_whole
from vidphone.papers.evidence import EvidenceVerdict, verify_evidence
from vidphone.phone import case_commands as commands
from vidphone.phone import case_events as events
from vidphone.phone.desk import SignedInAs, SignedInClient
from vidphone.phone.engine import Emit
from vidphone.phone.events import Request, request_failed
from vidphone.terms.faults import Fault, FaultCode
from vidphone.wire.cases import AskedStep, CaseDetail, CaseNumber, NewCase, NewClaim, NewMessage
from vidphone.wire.errors import ErrorCode, VidphoneError

REQUESTS: dict[type[commands.CaseCommand], Request] = {
    commands.FetchCases: Request.CASES,
    commands.FetchCase: Request.CASE,
    commands.OpenCase: Request.NEW_CASE,
    commands.WriteInCase: Request.CASE_MESSAGE,
    commands.TakeCaseStep: Request.CASE_STEP,
    commands.FetchCasePhoto: Request.CASE_PICTURE,
    commands.FetchTerminals: Request.TERMINALS,
    commands.MakeClaim: Request.CLAIM,
    commands.SaveEvidence: Request.EVIDENCE,
}
_NUMBER: TypeAdapter[str] = TypeAdapter(CaseNumber)
Pictures = tuple[tuple[str, bytes], ...]


class CaseWork:
    """Answers with events; what fails is told as `RequestFailed`. Run in a lane."""

    def __init__(
        self,
        profile: Path,
        emit: Emit,
        signed_in_as: SignedInAs,
        make_client: Callable[[str, str], CasesClient] = CasesClient,
    ) -> None:
        self._profile = profile
        self._emit = emit
        self._signed_in_as = signed_in_as
        self._way = SignedInClient(signed_in_as, make_client)

    async def perform(self, command: commands.CaseCommand) -> None:
        """Do what was asked for."""
        try:
            client = await self._way.ready()
            match command:
                case commands.SaveEvidence(path=path):
                    await self._save_evidence(client, path)
                case commands.OpenCase() | commands.MakeClaim():
                    await self._open(client, command)
                case commands.WriteInCase():
                    await self._write(client, command)
                case _:
                    await self._perform(client, command)
        except VidphoneError as error:
            self._emit(request_failed(REQUESTS[type(command)], error))
        except ValidationError as error:
            self._emit(request_failed(REQUESTS[type(command)], _refused(error)))

    async def close(self) -> None:
        """Close the connections."""
        await self._way.close()

    async def _perform(self, client: CasesClient, command: commands.CaseCommand) -> None:
        match command:
            case commands.FetchCases(before=before):
                shown = await client.cases(None if before is None else _number(before))
                self._emit(events.CasesShown(shown.cases, shown.more, before))
            case commands.FetchCase(case=case):
                self._emit(events.CaseShown(await self._look(client, _number(case)), Request.CASE))
            case commands.TakeCaseStep(case=case, step=step, words=words):
                asked = AskedStep.model_validate({"id": command.id, "step": step, "words": words})
                self._emit(events.CaseShown(await client.step(_number(case), asked), Request.CASE_STEP))
            case commands.FetchCasePhoto(case=case, message=message, page=page):
                content = await client.photo(_number(case), message, page)
                self._emit(events.CasePhotoShown(case, message, page, content))
            case commands.FetchTerminals():
                self._emit(events.TerminalsShown((await client.terminals()).terminals))

    @staticmethod
    async def _look(client: CasesClient, case: str) -> CaseDetail:
        """A case, and the service knows that it was looked at."""
        detail = await client.case(case)
        if not detail.case.unread:
            return detail
        await client.seen(case)
        return detail.model_copy(update={"case": detail.case.model_copy(update={"unread": False})})

    async def _open(self, client: CasesClient, command: commands.OpenCase | commands.MakeClaim) -> None:
        pictures = await asyncio.to_thread(_read, command.photos)  # one that cannot be read opens no case
        if isinstance(command, commands.OpenCase):
            asked = NewCase(id=command.id, about=command.about, words=command.words, findings=command.findings)
            detail = await client.open_case(asked)
        else:
            claim = NewClaim(id=command.id, category=command.category, words=command.words)
            detail = await client.claim(command.terminal, claim)
        self._emit(events.CaseOpened(detail, command.id))
        await self._send(client, detail.case.number, command.id, pictures)

    async def _write(self, client: CasesClient, command: commands.WriteInCase) -> None:
        case = _number(command.case)
        pictures = await asyncio.to_thread(_read, command.photos)
        if command.words.strip() or not pictures:
            detail = await client.say(case, NewMessage(id=command.id, words=command.words))
            self._emit(events.CaseShown(detail, Request.CASE_MESSAGE))
        await self._send(client, case, command.id, pictures)

    async def _send(self, client: CasesClient, case: str, under: str, pictures: Pictures) -> None:
        """Send pictures; what fails then is told of them alone, since the words are written."""
        try:
            for place, (content_type, content) in enumerate(pictures):
                name = hashlib.sha256(f"{under}:{place}".encode()).hexdigest()[:32]  # once, when asked again
                detail = await client.send_photo(case, name, content, content_type)
                self._emit(events.CaseShown(detail, Request.CASE_PHOTO))
        except VidphoneError as error:
            self._emit(request_failed(Request.CASE_PHOTO, error))

    async def _save_evidence(self, client: CasesClient, path: Path) -> None:
        who = self._signed_in_as()
        bundle = await client.evidence()
        folder = None if who is None else Copies(self._profile, who[0], who[1])
        verdict = await asyncio.to_thread(_save, bundle, path, folder)
        self._emit(events.EvidenceSaved(str(path), verdict))


def _save(bundle: bytes, path: Path, copies: Copies | None) -> EvidenceVerdict:
    """Write a bundle, and verify it by the root that was pinned when the agreement was signed here, if one was."""
    kept = () if copies is None else copies.kept()
    root_pem = next((root for each in kept if copies and (root := copies.root(each))), "")
    try:
        write_bytes_whole(path, bundle)
    except OSError as error:
        raise VidphoneError(ErrorCode.BAD_FILE, {"path": str(path)}) from error
    try:
        return verify_evidence(bundle, root_pem)
    except ValueError:  # the pinned root is damaged: it is told that the bundle was checked against its own
        return verify_evidence(bundle)


def _read(photos: tuple[Path, ...]) -> Pictures:
    return tuple(read_picture(path) for path in photos)


def _number(case: str) -> str:
    try:
        return _NUMBER.validate_python(case)
    except ValidationError:
        raise VidphoneError(ErrorCode.NOT_FOUND) from None


def _refused(error: ValidationError) -> VidphoneError:
    """What was written is empty or too long, or about nothing that there can be."""
    field = str(error.errors()[0]["loc"][0])
    missing = error.errors()[0]["type"] == "string_too_short"
    return VidphoneError(
        ErrorCode.BAD_DATA, faults=(Fault(field, FaultCode.MISSING if missing else FaultCode.TOO_LONG),)
    )
