"""From a dispute to a corrected bill, and a claim to its refusal, at a real service (clauses 4, 6, 16 and 18)."""

import asyncio
import io
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest
from PIL import Image

from tests.integration.service_bench import new_id, sign_in
from tests.support.provider import Provider
from tests.support.sign_up import SignedUp, person, sign_up
from vidphone.account.cases_client import CasesClient
from vidphone.account.notices_client import NoticesClient
from vidphone.papers.bundle import pack, unpack
from vidphone.papers.evidence import verify_evidence
from vidphone.terms.cases import CaseState, CaseStep
from vidphone.terms.warranty import Category, Ground
from vidphone.wire.cases import AboutClause, AskedStep, NewCase, NewClaim, NewMessage
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.notices import Announcement

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with Provider(tmp_path_factory.mktemp("service") / "data").configure("2000-2009") as running:
        yield running


@pytest.fixture(scope="module")
def customer(provider: Provider) -> SignedUp:
    return sign_up(provider.url, person(1))


@asynccontextmanager
async def asking(provider: Provider, customer: SignedUp) -> AsyncIterator[CasesClient]:
    client = CasesClient(provider.url, sign_in(provider.url, customer.number, new_id()).json()["token"])
    try:
        yield client
    finally:
        await client.close()


def a_photo() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((640, 480), 60).save(out, "PNG")
    return out.getvalue()


async def test_a_question_with_a_photo_is_answered_and_corrected(provider: Provider, customer: SignedUp) -> None:
    async with asking(provider, customer) as client:
        asked = NewCase(id=new_id(), about=AboutClause(clause=6), words="上月为何多收？", findings="延迟 20 毫秒")
        number = (await client.open_case(asked)).case.number
        photo = new_id()
        for _ in range(2):
            detail = await client.send_photo(number, photo, a_photo(), "image/png")
        (picture,) = detail.messages[-1].photos
        assert (await client.photo(number, detail.messages[-1].position, picture.page)).startswith(b"\xff\xd8\xff")
        with pytest.raises(VidphoneError, match=ErrorCode.COPY_REFUSED.value):
            await client.send_photo(number, new_id(), b"no picture", "image/png")
        await client.say(number, NewMessage(id=new_id(), words="见照片"))
        for said in ("done", "before"):
            answer = ("--case", number, "--words", "已更正", "--yuan", "-12.50", "--reference", "R-1")
            assert said in provider.admin("cases", "answer", *answer)
        answered = await client.case(number)
        assert (answered.case.state, answered.case.unread) == (CaseState.ANSWERED, True)
        assert answered.messages[-1].amount_fen == -1250
        await client.seen(number)
        step = AskedStep(id=new_id(), step=CaseStep.SETTLE)
        assert (await client.step(number, step)).case.state is CaseState.CLOSED
        with pytest.raises(VidphoneError, match=ErrorCode.CASE_NOT_NOW.value):
            await client.say(number, NewMessage(id=new_id(), words="还有"))
        listed = await client.cases(limit=1)
        assert (listed.cases[0].number, listed.cases[0].unread) == (number, False)
        shown = provider.admin("cases", "show", "--case", number)
        assert "已更正" in shown


async def test_a_claim_is_refused_for_an_opened_case(provider: Provider, customer: SignedUp) -> None:
    today = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86_400))
    register = ("--number", customer.number, "--serial", "SN-77", "--model", "VP 100", "--installed", today)
    provider.admin("terminals", "register", *register)
    async with asking(provider, customer) as client:
        (device,) = (await client.terminals()).terminals
        detail = await client.claim(device.id, NewClaim(id=new_id(), category=Category.MATERIAL, words="不亮"))
        assert detail.claim is not None
        assert detail.claim.ground is Ground.COVERED
        provider.admin("terminals", "opened", "--serial", "SN-77", "--on", today, "--reason", "封条破损")
        provider.admin("cases", "decide", "--case", detail.case.number, "--refuse", "--words", "机壳已被打开")
        refused = (await client.case(detail.case.number)).claim
        assert refused is not None
        assert (refused.granted, refused.ground) == (False, Ground.OPENED)


async def test_the_evidence_has_everything_and_verifies(provider: Provider, customer: SignedUp) -> None:
    titles = ("--title-zh", "今晚维护", "--title-en", "Work tonight")
    words = (*titles, "--zh", "两点至四点。", "--en", "From two to four.")
    provider.admin("announce", "write", "--kind", "maintenance", "--everyone", *words)
    notices = NoticesClient(provider.url, sign_in(provider.url, customer.number, new_id()).json()["token"])
    for _ in range(200):
        if known := (await notices.announcements()).announcements:
            break
        await asyncio.sleep(0.1)
    await notices.read(known[0].id)
    await notices.close()
    async with asking(provider, customer) as client:
        bundle = await client.evidence()
    about = await asyncio.to_thread(httpx.get, f"{provider.url}/v1/provider")
    verdict = await asyncio.to_thread(verify_evidence, bundle, about.json()["root_certificate_pem"])
    assert (verdict.intact, verdict.root_given, verdict.customer) == (True, True, customer.number)
    files = unpack(bundle)
    assert files[f"agreements/{customer.done.agreement}.pdf"] == customer.pdf
    assert len([name for name in files if name.startswith("orders/")]) == 1
    for name, content in files.items():
        if name.endswith("case.json"):
            assert json.loads(content)["messages"]
    (told,) = (name for name in files if name.startswith("announcements/2"))
    announcement = Announcement.model_validate_json(files[told])
    assert (announcement.title.en, announcement.read_at is not None) == ("Work tonight", True)
    assert json.loads(files["announcements/agreement-versions.json"]) == {"versions": []}
    forged = pack(files | {told: files[told].replace(b"four", b"five")})
    assert (await asyncio.to_thread(verify_evidence, forged)).about == told


def test_nothing_of_it_is_for_strangers(provider: Provider) -> None:
    for method, path in (("GET", "cases"), ("GET", "terminals"), ("GET", "evidence"), ("GET", "cases/C000001")):
        assert httpx.request(method, f"{provider.url}/v1/me/{path}").status_code == 401
    call = f"{provider.url}/v1/me/calls/{'0' * 32}/quality"
    assert httpx.post(call, json={}).status_code in {401, 422}
