"""Answers that no browser gives are no passkeys, and no failure of the service."""

import base64
import json

import pytest

from tests.support.console import ORIGIN, House
from vidphone.service.console import passkeys
from vidphone.service.staff.values import Passkey

PLACE = "https://phone.example.com"
DEEP = "[" * 50_000
MINE = Passkey(1, 1, b"credential", b"key", 0, 0.0, None)


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("said", [DEEP, "[]", "7", "{", '{"type": "webauthn.get"}'])
def test_what_no_browser_says_is_no_passkey(said: str) -> None:
    answer = {"id": "a", "rawId": "a", "type": "public-key", "response": {"clientDataJSON": encoded(said)}}
    for judge in (
        lambda: passkeys.challenge_of(answer),
        lambda: passkeys.added(PLACE, answer),
        lambda: passkeys.proved(PLACE, answer, MINE, b"handle"),
    ):
        with pytest.raises(passkeys.BadPasskey):
            judge()


@pytest.mark.parametrize("body", [DEEP, json.dumps([1]), "", "{", '{"response": {"clientDataJSON": 5}}'])
async def test_a_body_that_is_no_answer_is_refused_without_a_failure(
    house: House, body: str, caplog: pytest.LogCaptureFixture
) -> None:
    browser = house.browser()
    await browser.get("/sign-in")
    headers = {"origin": ORIGIN, "x-csrf-token": browser.csrf, "content-type": "application/json"}
    answer = await browser.http.post("/console/sign-in/passkey", content=body.encode(), headers=headers)
    assert 400 <= answer.status_code < 500
    assert not [record for record in caplog.records if record.exc_info]
