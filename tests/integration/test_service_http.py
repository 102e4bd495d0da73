import base64
import hashlib
import hmac
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.integration.service_bench import make_provider, new_id, sign_in
from tests.support.provider import Provider


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with make_provider(tmp_path_factory.mktemp("service"), *(str(4000 + n) for n in range(8))) as running:
        yield running


def ask(provider: Provider, path: str, token: str, **headers: str) -> httpx.Response:
    return httpx.get(provider.url + path, headers={"Authorization": f"Bearer {token}"} | headers, timeout=10)


def test_token_stands_for_its_customer_until_signed_out(provider: Provider) -> None:
    signed_in = sign_in(provider.url, "4000", new_id()).json()
    token = signed_in["token"]
    assert ask(provider, "/v1/me", token).json() == {"number": "4000", "name": "Customer 4000"}
    out = httpx.post(f"{provider.url}/v1/sign-out", headers={"Authorization": f"Bearer {token}"})
    assert out.status_code == 204
    refused = ask(provider, "/v1/me", token)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")


def test_signing_in_again_replaces_the_devices_token(provider: Provider) -> None:
    device = new_id()
    tokens = [sign_in(provider.url, "4001", device).json()["token"] for _ in range(2)]
    assert [ask(provider, "/v1/me", token).status_code for token in tokens] == [401, 200]


def test_guessing_is_slowed_down_per_number(provider: Provider) -> None:
    answers = [sign_in(provider.url, "4002", new_id(), "wrong password") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    problem = answers[-1].json()
    assert problem["code"] == "too-many-attempts"
    assert 0 < int(answers[-1].headers["retry-after"]) == problem["retry_after_s"] <= 60
    assert sign_in(provider.url, "4003", new_id()).status_code == 200


def test_unknown_number_and_wrong_password_are_answered_alike(provider: Provider) -> None:
    wrong = sign_in(provider.url, "4004", new_id(), "wrong password")
    unknown = sign_in(provider.url, "4999", new_id(), "wrong password")
    assert (wrong.status_code, wrong.content) == (unknown.status_code, unknown.content)


def test_disabled_number_is_told_only_to_who_knows_the_password(provider: Provider) -> None:
    provider.admin("disable", "--number", "4005")
    assert sign_in(provider.url, "4005", new_id(), "wrong password").json()["code"] == "sign-in-refused"
    told = sign_in(provider.url, "4005", new_id())
    assert (told.status_code, told.json()["clause"]) == (403, 5)
    provider.admin("enable", "--number", "4005")
    assert sign_in(provider.url, "4005", new_id()).status_code == 200


def test_new_password_signs_devices_out(provider: Provider) -> None:
    token = sign_in(provider.url, "4006", new_id()).json()["token"]
    provider.admin("password", "--number", "4006", "--password-stdin", stdin="another password\n")
    assert ask(provider, "/v1/me", token).status_code == 401
    assert sign_in(provider.url, "4006", new_id(), "another password").status_code == 200


def test_turn_credentials_are_those_that_coturn_computes(provider: Provider) -> None:
    token = sign_in(provider.url, "4007", new_id()).json()["token"]
    answer = ask(provider, "/v1/ice-servers", token).json()
    stun, one, two = answer["servers"]
    assert stun["urls"] == ["stun:stun.example:3478"]
    expiry, _, holder = one["username"].partition(":")
    assert abs(int(expiry) - time.time() - answer["expires_in_s"]) < 60
    assert "4007" not in holder
    for server, secret in ((one, b"north-and-south"), (two, b"east-and-west")):
        digest = hmac.new(secret, server["username"].encode(), hashlib.sha1).digest()
        assert server["credential"] == base64.b64encode(digest).decode()


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "/v1/sign-in", b'{"number": "13800138000"}', 422, "bad-request"),
        ("POST", "/v1/sign-in", b"\xff\xfe", 422, "bad-request"),
        ("POST", "/v1/sign-in", b"x" * 20_000, 413, "too-large"),
        ("PUT", "/v1/me", b"", 405, "method-not-allowed"),
        ("GET", "/v1/nothing", b"", 404, "not-found"),
    ],
)
def test_refusals_are_problems_in_the_clients_language(
    provider: Provider, method: str, path: str, body: bytes, status: int, code: str
) -> None:
    headers = {"Accept-Language": "en;q=0.5, zh-CN", "Content-Type": "application/json"}
    answer = httpx.request(method, provider.url + path, content=body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    problem = answer.json()
    assert (problem["code"], problem["status"]) == (code, status)
    assert any("\u4e00" <= character <= "\u9fff" for character in problem["detail"])
    assert "13800138000" not in answer.text


def test_health_and_metrics_tell_nothing_about_anybody(provider: Provider) -> None:
    assert httpx.get(f"{provider.url}/health").json()["status"] == "ok"
    figures = httpx.get(f"{provider.url}/metrics").text
    assert "vidphone_sessions 0.0" in figures
    assert "4000" not in figures


def serve(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "vidphone", "serve", *arguments]
    environment = {**os.environ, "LC_ALL": "C"}
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30, env=environment)


def test_without_tls_only_this_machine_is_served(tmp_path: Path) -> None:
    refused = serve("--data", str(tmp_path), "--host", "0.0.0.0")
    assert refused.returncode == 1
    assert "without TLS" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_second_service_does_not_take_a_data_folder_in_use(provider: Provider) -> None:
    refused = serve("--data", str(provider.data), "--port", "0")
    assert refused.returncode == 1
    assert "Another service" in refused.stderr
