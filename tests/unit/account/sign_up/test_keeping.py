"""What is kept of an unfinished sign-up: everything, and nothing in clear that tells who the person is."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.support.keyrings import MemoryKeyring
from tests.support.offers import SERVICE, complete, offer, typed
from vidphone.account.keeper import TokenKeeper
from vidphone.account.sign_up.draft import SECRET_FIELDS, Draft, Page
from vidphone.account.sign_up.keeping import Begun, SealedKey, SignUpKeeper
from vidphone.account.sign_up.places import kept_services
from vidphone.terms.orders import Order
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.sign_up import SignUpBegun

OFFER = offer()
PASSPHRASE = "eight or more"
TOKEN = "a-token-that-nobody-may-see"


def keeper(profile: Path, keyring: MemoryKeyring | None) -> SignUpKeeper:
    """As after a new start of the program: nothing is in memory."""
    tokens = TokenKeeper(use_keyring=True, choose=lambda: keyring or MemoryKeyring(locked=True))
    return SignUpKeeper(profile, SERVICE, tokens, use_keyring=keyring is not None)


def begun() -> Begun:
    plan = OFFER.catalogue.plans[0]
    order = Order("20260801-000001", date(2026, 8, 1), "1", "20010001", plan, None, 5000)
    answer = SignUpBegun(
        id="0" * 32,
        token=TOKEN,
        expires_at=1.0,
        order=order,
        order_sha256="0" * 64,
        certificate_pem="pem",
        document_sha256="1" * 64,
    )
    return Begun(answer, "root", "北京")


def on_disk(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def forms(value: str) -> list[bytes]:
    """How a text may stand in a file: as it is, escaped by JSON, in UTF-16."""
    return [value.encode(), value.encode("unicode_escape"), value.encode("utf-16-le")]


def in_clear(folder: Path, draft: Draft) -> list[str]:
    content = on_disk(folder)
    return [field for field in sorted(SECRET_FIELDS) if any(form in content for form in forms(getattr(draft, field)))]


async def test_with_a_keyring_everything_survives_and_nobody_is_named_on_the_disk(tmp_path: Path) -> None:
    keyring = MemoryKeyring()
    draft = complete(OFFER, Page.NUMBER)
    first = keeper(tmp_path, keyring)
    assert await first.open() is None
    assert first.keyring
    await first.keep_draft(draft)
    assert in_clear(tmp_path, draft) == []
    later = keeper(tmp_path, keyring)
    assert await later.open() == draft
    assert later.id == first.id
    assert tuple(kept_services(tmp_path)) == (SERVICE,)


async def test_without_a_keyring_what_names_the_person_is_not_kept_and_the_rest_is(tmp_path: Path) -> None:
    draft = complete(OFFER, Page.NUMBER)
    first = keeper(tmp_path, None)
    await first.open()
    assert not first.keyring
    await first.keep_draft(draft)
    assert in_clear(tmp_path, draft) == []
    assert await keeper(tmp_path, None).open() == replace(draft, **dict.fromkeys(SECRET_FIELDS, ""))  # type: ignore[arg-type]


async def test_a_keyring_that_is_locked_for_once_loses_nothing(tmp_path: Path) -> None:
    keyring = MemoryKeyring()
    draft = complete(OFFER, Page.NUMBER)
    first = keeper(tmp_path, keyring)
    await first.open()
    await first.keep_draft(draft)
    keyring.locked = True
    second = keeper(tmp_path, keyring)
    without = await second.open()
    assert without is not None
    assert without.name == ""
    await second.keep_draft(replace(without, number="20020002"))
    keyring.locked = False
    assert await keeper(tmp_path, keyring).open() == replace(draft, number="20020002")


async def test_the_answer_of_the_service_and_the_signed_document_survive_sealed(tmp_path: Path) -> None:
    keyring = MemoryKeyring()
    first = keeper(tmp_path, keyring)
    await first.open()
    await first.keep_draft(typed())
    await first.keep_key(SealedKey(b"sealed key", "request"))
    await first.keep_begun(begun())
    await first.keep_signed(b"%PDF-signed")
    content = on_disk(tmp_path)
    assert TOKEN.encode() not in content
    assert b"%PDF-signed" not in content
    later = keeper(tmp_path, keyring)
    await later.open()
    assert await later.load_begun() == begun()
    assert await later.load_signed() == b"%PDF-signed"
    assert await later.load_key() == SealedKey(b"sealed key", "request")


async def test_without_a_keyring_a_passphrase_seals_them_and_no_other_opens_them(tmp_path: Path) -> None:
    first = keeper(tmp_path, None)
    await first.open()
    await first.keep_draft(typed())
    await first.keep_begun(begun())
    assert TOKEN.encode() not in on_disk(tmp_path)
    assert not first.locked
    await first.unlock(PASSPHRASE)
    await first.keep_begun(begun())
    await first.keep_signed(b"%PDF-signed")
    assert TOKEN.encode() not in on_disk(tmp_path)
    later = keeper(tmp_path, None)
    await later.open()
    assert later.locked
    assert await later.load_begun() is None
    with pytest.raises(VidphoneError) as refused:
        await later.unlock("another passphrase")
    assert refused.value.code is ErrorCode.PASSPHRASE_WRONG
    await later.unlock(PASSPHRASE)
    assert await later.load_begun() == begun()
    assert await later.load_signed() == b"%PDF-signed"


@pytest.mark.parametrize("name", ["begun.sealed", "signed.sealed"])
async def test_a_sealed_file_that_was_changed_or_exchanged_is_not_used(tmp_path: Path, name: str) -> None:
    keyring = MemoryKeyring()
    first = keeper(tmp_path, keyring)
    await first.open()
    await first.keep_draft(typed())
    await first.keep_begun(begun())
    await first.keep_signed(b"%PDF-signed")
    (path,) = tmp_path.rglob(name)
    other = "signed.sealed" if name == "begun.sealed" else "begun.sealed"
    good = path.read_bytes()
    for content in (path.with_name(other).read_bytes(), good[:-1] + bytes([good[-1] ^ 1]), good[:20], b""):
        path.write_bytes(content)
        later = keeper(tmp_path, keyring)
        await later.open()
        assert (await later.load_begun() if name == "begun.sealed" else await later.load_signed()) is None


async def test_forgetting_erases_the_files_and_the_secret(tmp_path: Path) -> None:
    keyring = MemoryKeyring()
    first = keeper(tmp_path, keyring)
    await first.open()
    await first.keep_draft(typed())
    await first.forget()
    assert keyring.entries == {}
    assert list((tmp_path / "sign-up").rglob("*.*")) == []
    assert tuple(kept_services(tmp_path)) == ()


async def test_starting_anew_keeps_what_was_entered_under_another_id_and_secret(tmp_path: Path) -> None:
    keyring = MemoryKeyring()
    first = keeper(tmp_path, keyring)
    await first.open()
    await first.keep_draft(typed())
    await first.keep_key(SealedKey(b"sealed key", "request"))
    await first.keep_begun(begun())
    before, entries = first.id, dict(keyring.entries)
    await first.start_anew(typed())
    later = keeper(tmp_path, keyring)
    assert await later.open() == typed()
    assert later.id != before
    assert await later.load_begun() is None
    assert await later.load_key() is None
    assert len(keyring.entries) == 1
    assert keyring.entries != entries


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"id":"zz","draft":"{}"}', b"[" * 100_000])
async def test_a_damaged_draft_is_set_aside_and_a_new_one_begun(tmp_path: Path, content: bytes) -> None:
    first = keeper(tmp_path, MemoryKeyring())
    await first.open()
    await first.keep_draft(typed())
    (path,) = tmp_path.rglob("draft.json")
    path.write_bytes(content)
    later = keeper(tmp_path, MemoryKeyring())
    assert await later.open() is None
    assert path.with_name("draft.json.damaged").read_bytes() == content
    await later.keep_draft(typed())


async def test_files_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    first = keeper(tmp_path, MemoryKeyring())
    await first.open()
    await first.keep_draft(typed())
    modes = {path.stat().st_mode & 0o077 for path in (tmp_path / "sign-up").rglob("*")}
    assert modes == {0}
