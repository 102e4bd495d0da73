"""How a phone leaves, and what it bears: signals, closed pipes, bytes that are no text, a service that goes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.phones import HeadlessPhone, connect
from tests.support.provider import PASSWORD, Provider

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

SOUND_ONLY = ("--camera", "none", "--mic", "tone", "--speaker", "none")
PROMPTLY_S = 4.0
"""Silence alone is noticed after 2.5 s and ends a call after 30 more."""


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    provider = Provider(tmp_path_factory.mktemp("service"))
    for number in ("1001", "1002"):
        provider.add_customer(number)
    provider.add_customer("1003", "陈明")
    with provider:
        yield provider


@pytest.fixture
def phones(provider: Provider, tmp_path: Path) -> Iterator[tuple[HeadlessPhone, HeadlessPhone]]:
    with (
        HeadlessPhone(provider.url, tmp_path / "a", *SOUND_ONLY) as a,
        HeadlessPhone(provider.url, tmp_path / "b", *SOUND_ONLY) as b,
    ):
        a.sign_in("1001")
        b.sign_in("1002")
        yield a, b


Phones = tuple[HeadlessPhone, HeadlessPhone]


def close_input(phone: HeadlessPhone) -> None:
    assert phone.process.stdin is not None
    phone.process.stdin.close()


LEAVING: dict[str, Callable[[HeadlessPhone], None]] = {
    "quit": lambda phone: phone.do("quit"),
    "end of input": close_input,
    "terminated": lambda phone: phone.process.send_signal(signal.SIGTERM),
    "interrupted": lambda phone: phone.process.send_signal(signal.SIGINT),
}


@pytest.mark.parametrize("way", LEAVING)
def test_a_phone_that_leaves_in_a_call_hangs_up_and_says_nothing_to_complain_of(phones: Phones, way: str) -> None:
    a, b = phones
    call = connect(a, b, "1002", video=False)
    LEAVING[way](a)
    assert b.wait_for("ended", PROMPTLY_S, call=call)["reason"] == "hung-up"
    assert a.wait_for("ended", call=call)["reason"] == "hung-up"
    assert a.process.wait(15) == (130 if way == "interrupted" else 0)
    assert a.complaints == ""


def test_a_phone_whose_reader_has_left_hangs_up(provider: Provider, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "vidphone", "phone", "--headless", "--service", provider.url]
    command += ["--profile", str(tmp_path / "a"), *SOUND_ONLY]
    with (
        HeadlessPhone(provider.url, tmp_path / "b", *SOUND_ONLY) as b,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as a,
    ):
        assert a.stdin is not None
        assert a.stdout is not None
        assert a.stderr is not None
        b.sign_in("1002")
        a.stdin.write(b'{"do":"sign-in","number":"1001","password":"' + PASSWORD.encode() + b'"}\n')
        a.stdin.flush()
        while b'"up"' not in a.stdout.readline():
            pass
        a.stdin.write(b'{"do":"dial","number":"1002","video":false}\n')
        a.stdin.flush()
        call = b.wait_for("incoming")["call"]
        b.do("answer", video=False)
        b.wait_for("connected", call=call)
        a.stdout.close()
        assert b.wait_for("ended", PROMPTLY_S, call=call)["reason"] == "hung-up"
        assert a.wait(15) == 1
        assert a.stderr.read() == b""


@pytest.mark.parametrize("encoding", ["utf-8:strict", "ascii:strict"])
def test_bytes_that_are_no_text_get_an_error_and_nothing_else_happens(
    provider: Provider, tmp_path: Path, encoding: str
) -> None:
    with HeadlessPhone(provider.url, tmp_path / "a", *SOUND_ONLY, environment={"PYTHONIOENCODING": encoding}) as a:
        a.sign_in("1003")
        assert a.process.stdin is not None
        for line in (b"\xff\xfe\x00\x80", b'{"do":"dtmf","digits":"\xc3"}', b'{"do":"\\ud800"}', b"[" * 4000):
            os.write(a.process.stdin.fileno(), line + b"\n")
            assert a.wait_for("error")["code"] == "bad-command"
        assert a.heard("signed-in")[0]["name"] == "陈明"
        a.do("dial", number="1003")
        assert a.wait_for("ended")["reason"] == "own-number"
        assert a.quit() == 0
        assert a.complaints == ""


def test_after_its_seconds_a_phone_hangs_up_and_leaves(provider: Provider, tmp_path: Path) -> None:
    began_s = time.monotonic()
    with (
        HeadlessPhone(provider.url, tmp_path / "a", *SOUND_ONLY, "--seconds", "14") as a,
        HeadlessPhone(provider.url, tmp_path / "b", *SOUND_ONLY) as b,
    ):
        a.sign_in("1001")
        b.sign_in("1002")
        call = connect(a, b, "1002", video=False)
        close_input(a)  # does not end it: its seconds do
        assert b.wait_for("ended", call=call)["reason"] == "hung-up"
        assert time.monotonic() - began_s >= 14
        assert a.process.wait(15) == 0
        assert a.complaints == ""


def test_a_second_phone_on_a_profile_is_refused_with_a_sentence(phones: Phones, tmp_path: Path) -> None:
    a, b = phones
    call = connect(a, b, "1002", video=False)
    with HeadlessPhone("http://127.0.0.1:1", tmp_path / "a", *SOUND_ONLY) as second:
        assert second.process.wait(20) == 1
        assert second.complaints.count("\n") == 1
        assert str(tmp_path / "a") in second.complaints
        assert "Traceback" not in second.complaints
    a.do("dtmf", digits="7")
    b.wait_for("dtmf", call=call)


def test_a_service_started_again_while_it_rings_leaves_no_phone_ringing(provider: Provider, phones: Phones) -> None:
    a, b = phones
    a.do("dial", number="1002", video=False)
    call = b.wait_for("incoming")["call"]
    a.wait_for("ringing", call=call)
    provider.kill()
    for phone in phones:
        phone.wait_for("link", state="down")
        assert not phone.heard("ended")
    provider.start()
    for phone in phones:
        assert phone.wait_for("ended", call=call)["reason"] == "service-restarted"
        phone.link_is_up()
    again = connect(a, b, "1002", video=False)
    a.do("hang-up")
    assert b.wait_for("ended", call=again)["reason"] == "hung-up"


def test_hanging_up_without_the_service_ends_it_here_at_once_and_there_when_it_is_back(
    provider: Provider, phones: Phones
) -> None:
    a, b = phones
    call = connect(a, b, "1002", video=False)
    provider.kill()
    for phone in phones:
        phone.wait_for("link", state="down")
    a.do("hang-up")
    assert a.wait_for("ended", PROMPTLY_S, call=call)["reason"] == "hung-up"
    b.wait_for("reconnecting", call=call)  # there is nobody to say why
    provider.start()
    assert b.wait_for("ended", call=call)["reason"] == "hung-up"


def test_a_phone_leaves_without_the_service_too(provider: Provider, phones: Phones) -> None:
    a, b = phones
    connect(a, b, "1002", video=False)
    provider.kill()
    try:
        a.wait_for("link", state="down")
        assert a.quit() == 0
        assert a.complaints == ""
        b.wait_for("reconnecting")
        b.do("hang-up")
        assert b.wait_for("ended")["reason"] == "hung-up"
    finally:
        provider.start()
