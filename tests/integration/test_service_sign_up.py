"""Signing up against a running service, as a client does and as one that goes astray does."""

import asyncio
import hashlib
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.integration.service_bench import Client, new_id, proposal, sign_in
from tests.support.provider import Provider
from tests.support.sign_up import PASSWORD, Applicant, SignedUp, person, sign_up
from vidphone.papers.verifying import verify
from vidphone.wire.reasons import EndReason
from vidphone.wire.sign_up import MAX_COPY_BYTES, MAX_DOCUMENT_BYTES
from vidphone.wire.signaling import Propose, Reject

pytestmark = pytest.mark.slow

RATES = """
[rates]
sign_in_per_number = "1000/minute"
sign_in_per_address = "1000/minute"
sign_up_per_address = "1000/minute"
reset_per_number = "3/hour"
reset_per_address = "1000/hour"
"""
SUPPORT = "10000"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with Provider(tmp_path_factory.mktemp("service") / "data").configure("2000-2099", more=RATES) as running:
        running.add_customer("1001")
        running.add_customer(SUPPORT, "Support")
        yield running


@pytest.fixture(scope="module")
def customer(provider: Provider) -> SignedUp:
    return sign_up(provider.url, person(0), "2000")


@pytest.fixture
def applicant(provider: Provider, request: pytest.FixtureRequest) -> Iterator[Applicant]:
    one = Applicant(provider.url, person(100 + len(request.node.name)))
    yield one
    if one.begun:
        one.give_up()
    one.close()


def headers_of(provider: Provider, number: str, password: str = PASSWORD) -> dict[str, str]:
    return {"Authorization": f"Bearer {sign_in(provider.url, number, new_id(), password).json()['token']}"}


def code_of(answer: httpx.Response) -> str:
    assert answer.status_code >= 400, answer.text
    return str(answer.json()["code"])


def test_both_sides_keep_the_same_document_with_both_signatures(provider: Provider, customer: SignedUp) -> None:
    headers = headers_of(provider, customer.number)
    agreements = httpx.get(f"{provider.url}/v1/me/agreements", headers=headers).json()["agreements"]
    kept = httpx.get(f"{provider.url}/v1/me/agreements/{customer.done.agreement}/document", headers=headers).content
    assert kept == customer.pdf
    assert hashlib.sha256(kept).hexdigest() == customer.done.document_sha256 == agreements[0]["document_sha256"]
    root = httpx.get(f"{provider.url}/v1/provider").json()["root_certificate_pem"]
    assert verify(kept, root).complete
    assert [order["number"] for order in agreements[0]["orders"]] == [customer.begun.order.number]


def test_customer_sees_what_is_kept_of_them_masked_and_exports_it_in_full(
    provider: Provider, customer: SignedUp
) -> None:
    headers = headers_of(provider, customer.number)
    masked = httpx.get(f"{provider.url}/v1/me/data", headers=headers).text
    for clear in (customer.data.name, customer.data.identity_number, customer.data.telephone[3:]):
        assert clear not in masked
    export = httpx.get(f"{provider.url}/v1/me/export", headers=headers).json()
    assert export["data"]["identity_number"] == customer.data.identity_number
    assert [consent["kind"] for consent in export["consents"]] == ["agreement", "identity-data"]
    assert httpx.get(f"{provider.url}/v1/me", headers=headers).json()["name"] == "赵**"


def test_other_peoples_documents_do_not_exist(provider: Provider, customer: SignedUp) -> None:
    headers = headers_of(provider, "1001")
    agreement = f"{provider.url}/v1/me/agreements/{customer.done.agreement}/document"
    assert code_of(httpx.get(agreement, headers=headers)) == "not-found"
    assert code_of(httpx.get(f"{provider.url}/v1/me/data", headers=headers)) == "not-found"


def test_same_request_gets_the_same_answer_and_another_one_takes_its_place(applicant: Applicant) -> None:
    first, again = applicant.begin(), applicant.begin()
    assert first.json() == again.json()
    old_token = applicant.headers
    other = applicant.begin(plan="daily")
    assert other.json()["order"]["plan"]["id"] == "daily"
    assert other.json()["token"] != first.json()["token"]
    gone = applicant.http.get(f"/v1/sign-ups/{applicant.id}/document", headers=old_token)
    assert code_of(gone) == "not-signed-in"


def test_handing_in_again_gets_the_same_answer(provider: Provider) -> None:
    one = Applicant(provider.url, person(50))
    one.begin()
    signed = one.sign(one.document())
    first, again = one.hand_in(signed), one.hand_in(b"anything")
    assert first.json() == again.json()
    assert code_of(one.give_up()) == "not-asked-for"
    assert one.begin().status_code == 200
    assert code_of(one.begin(plan="daily")) == "sign-up-gone"
    one.close()


def test_given_up_number_and_identity_are_free_at_once(provider: Provider, applicant: Applicant) -> None:
    applicant.begin()
    numbers = applicant.http.get("/v1/numbers", params={"containing": applicant.number}).json()["numbers"]
    assert numbers == []
    assert applicant.give_up().status_code == 204
    assert code_of(applicant.http.get(f"/v1/sign-ups/{applicant.id}/document", headers=applicant.headers))
    other = Applicant(provider.url, applicant.data, applicant.number)
    assert other.begin().status_code == 200
    other.give_up()
    other.close()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"agreement_version": "0"}, "agreement-changed"),
        ({"agreement_sha256": "0" * 64}, "agreement-changed"),
        ({"identity_notice_sha256": "0" * 64}, "agreement-changed"),
        ({"catalogue_version": "0"}, "catalogue-changed"),
        ({"plan": "none"}, "bad-data"),
        ({"credit_limit_fen": 1}, "bad-data"),
        ({"number": "9999"}, "number-taken"),
        ({"number": "1001"}, "number-taken"),
        ({"accepted": False}, "bad-request"),
        ({"identity_consent": False}, "bad-request"),
        ({"certificate_request_pem": "-----BEGIN"}, "bad-request"),
        ({"password": "12345678"}, "bad-data"),
    ],
)
def test_what_cannot_be_signed_is_refused_and_holds_nothing(
    applicant: Applicant, changed: dict[str, Any], code: str
) -> None:
    assert code_of(applicant.begin(**changed)) == code
    assert applicant.begin().status_code == 200


def test_wrong_data_are_named_field_by_field(applicant: Applicant) -> None:
    data = applicant.body()["data"] | {
        "postcode": "1",
        "identity_number": person(1).identity_number[:-1],
    }
    answer = applicant.begin(data=data).json()
    assert {fault["field"] for fault in answer["faults"]} == {"postcode", "identity_number"}
    assert answer["clause"] == 1


def test_name_that_no_font_can_print_is_refused_beside_the_name(applicant: Applicant) -> None:
    data = applicant.body()["data"] | {"name": "王\U00032000"}
    assert [fault["field"] for fault in applicant.begin(data=data).json()["faults"]] == ["name"]


def test_only_the_document_that_was_sent_is_taken_signed_by_the_customer(applicant: Applicant) -> None:
    applicant.begin()
    unsigned = applicant.document()
    assert code_of(applicant.hand_in(unsigned)) == "document-refused"
    signed = bytearray(applicant.sign(unsigned))
    signed[2000] ^= 1
    assert code_of(applicant.hand_in(bytes(signed))) == "document-refused"
    assert code_of(applicant.hand_in(b"x" * (MAX_DOCUMENT_BYTES + 1))) == "too-large"
    answer = applicant.http.put(f"/v1/sign-ups/{applicant.id}/document", content=unsigned, headers=applicant.headers)
    assert code_of(answer) == "bad-request"


def test_signature_by_another_sign_ups_key_is_refused(provider: Provider, applicant: Applicant) -> None:
    applicant.begin()
    other = Applicant(provider.url, person(70))
    other.begin()
    unsigned = applicant.document()
    applicant.key, applicant.begun, mine = other.key, other.begun, applicant.begun
    signed = applicant.sign(unsigned)
    applicant.begun = mine
    assert code_of(applicant.hand_in(signed)) == "document-refused"
    other.give_up()
    other.close()


def test_large_body_is_read_from_nobody_unknown(provider: Provider) -> None:
    document = f"{provider.url}/v1/sign-ups/{new_id()}/document"
    assert code_of(httpx.put(document, content=b"x" * 100_000, headers={"Authorization": "Bearer x"})) == "sign-up-gone"
    assert code_of(httpx.put(f"{provider.url}/v1/me/review/copy", content=b"x" * 100_000)) == "not-signed-in"
    assert code_of(httpx.post(f"{provider.url}/v1/sign-ups", content=b"x" * 100_000)) == "too-large"


@pytest.mark.parametrize("shared", ["number", "identity"])
def test_of_two_at_the_same_moment_one_wins_and_the_other_is_told(provider: Provider, shared: str) -> None:
    number = httpx.get(f"{provider.url}/v1/numbers").json()["numbers"][0]
    ones = [Applicant(provider.url, person(900 + at), number) for at in range(2)]
    if shared == "identity":
        ones = [Applicant(provider.url, person(910), free) for free in _free(provider, 2)]
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda one: one.begin(), ones))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    loser = next(answer for answer in answers if answer.status_code == 409)
    assert code_of(loser) == ("number-taken" if shared == "number" else "identity-in-use")
    for one in ones:
        if one.begun:
            assert one.hand_in(one.sign(one.document())).status_code == 200
        one.close()


def ask(provider: Provider, headers: dict[str, str], path: str) -> Any:
    return httpx.get(f"{provider.url}/v1/me/{path}", headers=headers).json()


def send_copy(provider: Provider, headers: dict[str, str], body: bytes) -> httpx.Response:
    sent = headers | {"Content-Type": "image/png"}
    return httpx.put(f"{provider.url}/v1/me/review/copy", content=body, headers=sent, timeout=30)


def _free(provider: Provider, count: int) -> list[str]:
    found: list[str] = httpx.get(f"{provider.url}/v1/numbers").json()["numbers"]
    return found[:count]


async def test_customer_without_an_agreement_calls_free_numbers_only(provider: Provider) -> None:
    provider.admin("add", "--number", "1009", "--name", "No paper", "--password-stdin", stdin=PASSWORD)
    async with Client(provider.url, "1009") as caller, Client(provider.url, SUPPORT) as support:
        await caller.say(proposal("1001"))
        heard = await caller.hear()
        assert isinstance(heard, Reject)
        assert heard.reason is EndReason.AGREEMENT_REQUIRED
        await caller.say(proposal(SUPPORT))
        assert isinstance(await support.hear(), Propose)


async def test_suspended_until_a_copy_is_seen(provider: Provider) -> None:
    customer = await asyncio.to_thread(sign_up, provider.url, person(20))
    headers = headers_of(provider, customer.number)
    picture = io.BytesIO()
    Image.effect_noise((800, 500), 50).save(picture, "PNG")
    assert code_of(send_copy(provider, headers, picture.getvalue())) == "not-asked-for"
    provider.admin("reviews", "suspend", "--number", customer.number, "--reason", "地址不完整")
    async with Client(provider.url, customer.number) as caller:
        await caller.say(proposal("1001"))
        heard = await caller.hear()
        assert isinstance(heard, Reject)
        assert heard.reason is EndReason.IDENTITY_SUSPENDED
        provider.admin("reviews", "want-copy", "--number", customer.number, "--reason", "请提交身份证复印件")
        assert ask(provider, headers, "review")["reason"] == "请提交身份证复印件"
        too_large = send_copy(provider, headers, b"\x89PNG\r\n\x1a\n" + b"x" * MAX_COPY_BYTES)
        assert code_of(too_large) == "too-large"
        assert code_of(send_copy(provider, headers, b"no picture")) == "copy-refused"
        assert send_copy(provider, headers, picture.getvalue()).json()["state"] == "copy-sent"
        provider.admin("reviews", "approve", "--number", customer.number)
        await caller.say(proposal("1001"))
        heard = await caller.hear()
        assert isinstance(heard, Reject)
        assert heard.reason is EndReason.UNREACHABLE


def test_reveal_needs_a_reason_and_the_customer_sees_it(provider: Provider, tmp_path: Path) -> None:
    customer = sign_up(provider.url, person(30))
    show = ("reviews", "show", "--number", customer.number)
    assert customer.data.identity_number not in provider.admin(*show)
    with pytest.raises(AssertionError, match="--reason"):
        provider.admin(*show, "--reveal", "identity_number")
    shown = provider.admin(*show, "--reveal", "identity_number", "--reason", "核对复印件")
    assert customer.data.identity_number in shown
    headers = headers_of(provider, customer.number)
    disclosures = httpx.get(f"{provider.url}/v1/me/disclosures", headers=headers).json()["disclosures"]
    assert [(one["fields"], one["reason"]) for one in disclosures] == [(["identity_number"], "核对复印件")]
    pdf = tmp_path / "agreement.pdf"
    provider.admin("agreements", "export", "--agreement", customer.done.agreement, "--to", str(pdf))
    assert pdf.read_bytes() == customer.pdf


def test_password_change_signs_the_other_devices_out(provider: Provider) -> None:
    provider.add_customer("1010")
    asking, other = headers_of(provider, "1010"), headers_of(provider, "1010")
    change = f"{provider.url}/v1/me/password"
    wrong = httpx.post(change, json={"old": "wrong password", "new": "another fine one"}, headers=asking)
    weak = httpx.post(change, json={"old": PASSWORD, "new": "11111111"}, headers=asking)
    assert (code_of(wrong), code_of(weak)) == ("password-wrong", "bad-data")
    done = httpx.post(change, json={"old": PASSWORD, "new": "another fine one"}, headers=asking)
    assert done.status_code == 204
    assert httpx.get(f"{provider.url}/v1/me", headers=asking).status_code == 200
    assert code_of(httpx.get(f"{provider.url}/v1/me", headers=other)) == "not-signed-in"
    assert headers_of(provider, "1010", "another fine one")


def test_forgotten_password_needs_number_identity_and_telephone(provider: Provider) -> None:
    customer = sign_up(provider.url, person(40))
    headers = headers_of(provider, customer.number)
    right = {
        "number": customer.number,
        "identity_number": customer.data.identity_number.lower(),
        "telephone": customer.data.telephone.removeprefix("+86"),
        "password": "another fine one",
    }
    reset = f"{provider.url}/v1/password-reset"
    assert code_of(httpx.post(reset, json=right | {"identity_number": person(41).identity_number})) == "reset-refused"
    assert code_of(httpx.post(reset, json=right | {"telephone": "13900000000"})) == "reset-refused"
    assert code_of(httpx.post(reset, json=right | {"number": "1001"})) == "reset-refused"
    assert code_of(httpx.post(reset, json=right | {"number": "777777"})) == "reset-refused"
    assert httpx.post(reset, json=right).status_code == 204
    assert code_of(httpx.get(f"{provider.url}/v1/me", headers=headers)) == "not-signed-in"
    assert headers_of(provider, customer.number, "another fine one")
    assert code_of(httpx.post(reset, json=right)) == "too-many-attempts"
