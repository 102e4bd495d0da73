"""Becoming a customer with the phone without a window, at a real service: from nothing to the first call."""

import subprocess
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.support.phones import HeadlessPhone, connect
from tests.support.provider import PASSWORD, Provider
from tests.support.sign_up import person
from vidphone.terms.parties import CustomerData

pytestmark = pytest.mark.slow

NUMBERS = ("20010001", "20010002", "20010003")
PASSPHRASE = "a passphrase of mine"
QUIET = ("--camera", "test", "--mic", "tone", "--speaker", "none")
PERSON = person(4711)

Line = dict[str, Any]


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    with Provider(tmp_path / "service").configure(*NUMBERS) as running:
        yield running


def phone_of(provider: Provider, profile: Path) -> HeadlessPhone:
    phone = HeadlessPhone(provider.url, profile, *QUIET)
    phone.wait_for("ready")
    return phone


def offered(phone: HeadlessPhone) -> Line:
    phone.do("sign-up")
    return phone.wait_for("sign-up", step="offer")


def wish(offer: Line, data: CustomerData = PERSON, number: str = NUMBERS[0], **more: object) -> Line:
    typed = {name: str(value) for name, value in asdict(data).items()}
    return {
        "language": "zh",
        "accept": offer["agreement"]["sha256"],
        "data": typed,
        "consent": True,
        "plan": offer["plans"][0]["id"],
        "credit_limit_fen": offer["credit_limits_fen"][0],
        "number": number,
        "password": PASSWORD,
        "passphrase": PASSPHRASE,
        **more,
    }


def signed_up(phone: HeadlessPhone, **more: Any) -> Line:
    phone.do("sign-up", **wish(offered(phone), **more))
    phone.wait_for("sign-up", step="begun")
    return phone.wait_for("sign-up", step="signed")


def say_nothing_of(folder: Path, data: CustomerData, *secrets: str) -> list[str]:
    """What stands in clear in files of a folder, the customer's own copies (PDF) aside."""
    sought = (data.name, data.identity_number, data.telephone.removeprefix("+86"), data.address, *secrets)
    found = []
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix != ".pdf":
            content = path.read_bytes()
            found += [
                f"{each} in {path.name}"
                for each in sought
                if any(form in content for form in (each.encode(), each.encode("unicode_escape")))
            ]
    return found


def test_from_nothing_to_the_first_call(provider: Provider, tmp_path: Path) -> None:
    with phone_of(provider, tmp_path / "a") as a, phone_of(provider, tmp_path / "b") as b:
        done = signed_up(a)
        assert done["number"] == NUMBERS[0]
        assert done["signs_in"]
        a.wait_for("signed-in", number=NUMBERS[0])
        a.link_is_up()
        signed_up(b, data=person(4712), number=NUMBERS[1])
        b.wait_for("signed-in", number=NUMBERS[1])
        b.link_is_up()
        connect(a, b, NUMBERS[1], video=False)
        a.do("hang-up")
        a.wait_for("ended")
        copy = Path(done["copy"])
        independent = subprocess.run(["pdfsig", "-nocert", copy], capture_output=True, text=True, check=False).stdout
        assert independent.count("Signature is Valid") == 2
        a.do("agreement")
        shown = a.wait_for("agreement")
        assert (shown["intact"], shown["same_as_provider"], shown["online"]) == (True, True, True)
        assert [each["field"] for each in shown["signatures"]] == ["customer", "provider"]
        provider.kill()
        a.do("agreement")
        shown = a.wait_for("agreement")
        assert (shown["intact"], shown["same_as_provider"], shown["online"]) == (True, None, False)
        copy.write_bytes(copy.read_bytes().replace(b"/Type", b"/Tipe", 1))
        a.do("agreement")
        assert not a.wait_for("agreement")["intact"]
        a.do("save-agreement", path=str(tmp_path / "saved.pdf"))
        assert a.wait_for("error")["code"] == "document-altered"
        provider.start()
        a.do("agreement", again=True)
        assert a.wait_for("agreement")["intact"]
        a.do("save-agreement", path=str(tmp_path / "saved.pdf"))
        a.wait_for("agreement-saved")
        assert (tmp_path / "saved.pdf").read_bytes() == copy.read_bytes()
    assert say_nothing_of(tmp_path / "a", PERSON, PASSWORD, PASSPHRASE) == []
    assert not (tmp_path / "a" / "sign-up").is_dir() or not list((tmp_path / "a" / "sign-up").iterdir())


def test_what_is_wrong_is_told_with_the_page_that_mends_it(provider: Provider, tmp_path: Path) -> None:
    with phone_of(provider, tmp_path / "a") as a, phone_of(provider, tmp_path / "b") as b:
        offer = offered(a)
        wrong = {**wish(offer)["data"], "identity_number": PERSON.identity_number[:-1] + "Q", "telephone": "12"}
        a.do("sign-up", **{**wish(offer), "data": wrong})
        error = a.wait_for("error", code="bad-data")
        assert error["page"] == "data"
        assert {fault["field"] for fault in error["faults"]} == {"identity_number", "telephone"}
        a.do("sign-up", **{**wish(offer), "consent": False})
        assert a.wait_for("error", code="bad-data")["page"] == "consent"
        a.do("sign-up", **{**wish(offer), "accept": "0" * 64})
        assert a.wait_for("error", code="bad-data")["page"] == "agreement"
        a.do("sign-up", **wish(offer, password="12345678"))
        assert a.wait_for("error", code="bad-data")["page"] == "password"
        a.do("sign-up", **wish(offer, passphrase="short"))
        assert a.wait_for("error", code="bad-data")["faults"][0]["field"] == "passphrase"
        b.do("sign-up", **wish(offered(b), data=person(4712)))
        error = b.wait_for("error", code="number-taken")
        assert error["page"] == "number"
        b.do("sign-up", **wish(offer, number=NUMBERS[1]))
        error = b.wait_for("error", code="identity-in-use")
        assert error["page"] == "data"
        a.do("leave-sign-up", forget=True)
        a.do("sign-up")
        a.wait_for("sign-up", step="offer", page=None)
        b.do("sign-up", **wish(offer, data=person(4712)))
        b.wait_for("sign-up", step="signed")
    assert say_nothing_of(tmp_path / "a", PERSON, PASSWORD) == []


def test_a_service_that_is_away_is_told_at_each_step_and_nothing_is_lost(provider: Provider, tmp_path: Path) -> None:
    with phone_of(provider, tmp_path / "a") as a:
        offer = offered(a)
        provider.kill()
        a.do("sign-up")
        assert a.wait_for("error", code="service-unreachable")["page"] is None
        a.do("sign", passphrase=PASSPHRASE)
        a.wait_for("error")
        provider.start()
        a.do("sign-up", **wish(offer, sign=False, document=str(tmp_path / "unsigned.pdf")))
        begun = a.wait_for("sign-up", step="begun")
        assert (tmp_path / "unsigned.pdf").read_bytes().startswith(b"%PDF-")
        provider.kill()
        a.do("sign", passphrase=PASSPHRASE)
        a.wait_for("error", code="service-unreachable")
        a.do("numbers")
        a.wait_for("error", code="service-unreachable")
        provider.start()
        a.do("sign", passphrase="another passphrase")
        a.wait_for("error", code="passphrase-wrong")
        a.do("sign", passphrase=PASSPHRASE)
        done = a.wait_for("sign-up", step="signed")
        assert done["number"] == begun["number"]
        a.wait_for("signed-in")


def test_a_phone_that_is_killed_goes_on_where_it_was(provider: Provider, tmp_path: Path) -> None:
    profile = tmp_path / "a"
    with phone_of(provider, profile) as a:
        offer = offered(a)
        a.do("sign-up", **wish(offer, sign=False))
        a.wait_for("sign-up", step="begun")
        a.process.kill()
    assert say_nothing_of(profile, PERSON, PASSWORD) == []
    with HeadlessPhone(provider.url, profile, *QUIET) as a:
        a.wait_for("sign-up-kept", service=provider.url)
        a.do("sign-up")
        assert a.wait_for("sign-up", step="offer")["page"] == "data"  # there is no keyring: nobody is named on the disk
        a.do("sign-up", **wish(offer, sign=False, password="another good password"))
        a.wait_for("sign-up", step="begun")
        provider.kill()
        a.do("sign", passphrase=PASSPHRASE)
        a.wait_for("error", code="service-unreachable")
        a.process.kill()
    assert say_nothing_of(profile, PERSON, PASSWORD, PASSPHRASE) == []
    provider.start()
    with HeadlessPhone(provider.url, profile, *QUIET) as a:
        a.wait_for("sign-up-kept")
        a.do("sign-up")
        offer = a.wait_for("sign-up", step="offer")
        assert (offer["page"], offer["signed"]) == ("sign", True)
        a.do("sign", passphrase="another passphrase")
        a.wait_for("error", code="passphrase-wrong")
        a.do("sign-up", passphrase=PASSPHRASE)
        done = a.wait_for("sign-up", step="signed")
        assert not done["signs_in"]
        a.do("sign-in", number=NUMBERS[0], password="another good password")
        a.wait_for("signed-in", number=NUMBERS[0])


def test_a_second_device_signs_in_and_fetches_the_same_copy(provider: Provider, tmp_path: Path) -> None:
    with phone_of(provider, tmp_path / "a") as a, phone_of(provider, tmp_path / "b") as b:
        done = signed_up(a)
        a.wait_for("signed-in")
        b.do("sign-in", number=NUMBERS[0], password=PASSWORD)
        b.wait_for("signed-in")
        b.do("agreement")
        shown = b.wait_for("agreement")
        assert (shown["intact"], shown["same_as_provider"]) == (True, True)
        assert Path(shown["copy"]).read_bytes() == Path(done["copy"]).read_bytes()
        b.do("my-data")
        masked = b.wait_for("my-data")
        assert PERSON.identity_number not in str(masked)
        assert masked["identity_number"].endswith(PERSON.identity_number[-4:])
        b.do("export-my-data", path=str(tmp_path / "mine.json"))
        b.wait_for("my-data-exported")
        assert PERSON.identity_number in (tmp_path / "mine.json").read_text(encoding="utf-8")
        assert (tmp_path / "mine.json").stat().st_mode & 0o077 == 0
        b.do("disclosures")
        b.wait_for("disclosures")
        b.do("review")
        assert b.wait_for("review")["state"] == "pending"
        (tmp_path / "notes.txt").write_text("no picture")
        b.do("send-copy", path=str(tmp_path / "notes.txt"))
        assert b.wait_for("error")["code"] == "copy-refused"
        b.do("password", old="not the old one", new="quite another one")
        assert b.wait_for("error")["code"] == "password-wrong"
        b.do("password", old=PASSWORD, new="quite another one")
        b.wait_for("password-changed")
        a.wait_for("signed-out")
        b.do("review")
        b.wait_for("review")
        who = {"identity_number": PERSON.identity_number, "telephone": PERSON.telephone, "number": NUMBERS[0]}
        a.do("reset-password", **who | {"telephone": "13900000000"}, password="a third good one")
        assert a.wait_for("error")["code"] == "reset-refused"
        a.do("reset-password", **who, password="a third good one")
        a.wait_for("password-reset")
        a.do("sign-in", number=NUMBERS[0], password="a third good one")
        a.wait_for("signed-in")
        a.do("sign-out")
        a.wait_for("signed-out")
        a.do("agreement")
        assert a.wait_for("error")["code"] == "not-signed-in"
