from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.account import vcard
from vidphone.account.contacts import Contact
from vidphone.wire.errors import ErrorCode, VidphoneError


def card(*lines: str) -> bytes:
    return "\r\n".join(["BEGIN:VCARD", *lines, "END:VCARD", ""]).encode()


def only(content: bytes) -> Contact:
    cards = vcard.read(content)
    assert cards is not None
    (contact,) = cards.contacts
    return contact


def test_a_card_of_an_older_phone_is_read() -> None:
    contact = only(
        card(
            "VERSION:2.1",
            "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=BC=A0;=E4=B8=89;;;",
            "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=BC=A0=",
            "=E4=B8=89",
            "TEL;CELL:138 0013 8000",
            "TEL;HOME;VOICE:010-5555-0001",
            "PHOTO;ENCODING=BASE64;JPEG:AAAA",
            " BBBB",
            "",
        )
    )
    assert (contact.name, contact.numbers) == ("张三", ("13800138000", "01055550001"))


def test_a_card_of_version_4_is_read() -> None:
    contact = only(
        card(
            "VERSION:4.0",
            "UID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1",
            "item1.FN:Li Si\\, Dr",
            'TEL;VALUE=uri;TYPE="voice,home";PREF=1:tel:+1-555-555-5555;ext=5555',
            "TEL;TYPE=cell:1002",
            "NOTE:folded wi",
            " thin a word\\nand broken",
        )
    )
    assert contact.name == "Li Si, Dr"
    assert contact.numbers == ("15555555555", "1002")
    assert contact.note == "folded within a word\nand broken"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("FN:Smith, John", "Smith, John"),
        ("N:张;三;;;", "张三"),
        ("N:Doe;Jane;;;", "Jane Doe"),
        ("ORG:Example;Sales", "Example Sales"),
        ("FN;CHARSET=GBK;ENCODING=QUOTED-PRINTABLE:=D5=C5=C8=FD", "张三"),
        ("FN;CHARSET=no-such-thing;ENCODING=QUOTED-PRINTABLE:=E5=BC=A0", "张"),
        ("FN:a\x1b[31m\u202eb", "a [31m b"),
        ("FN:", "1001"),
    ],
)
def test_a_name_is_found_wherever_a_card_has_it(line: str, name: str) -> None:
    assert only(card(line, "TEL:1001")).name == name


def test_a_file_in_the_systems_own_encoding_is_read() -> None:
    text = card("FN:张三", "TEL:1001").decode()
    assert only(text.encode("gb18030")).name == "张三"
    assert only(text.encode("utf-16")).name == "张三"
    assert only(text.encode("utf-8-sig")).name == "张三"


def test_cards_without_a_usable_number_are_counted() -> None:
    cards = vcard.read(card("FN:a") + card("FN:b", "TEL:12") + card("FN:c", "TEL:1001") + b"BEGIN:VCARD\nFN:d\n")
    assert cards is not None
    assert [contact.name for contact in cards.contacts] == ["c"]
    assert cards.refused == 3


def test_reading_a_file_twice_makes_no_second_contact() -> None:
    with_uid, without = card("UID:x", "FN:a", "TEL:1001"), card("FN:a", "TEL:1001")
    assert only(with_uid).id == only(card("UID:x", "FN:renamed", "TEL:1002")).id
    assert only(without).id == only(without).id != only(with_uid).id


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00" * 100, b"FN:a\nTEL:1001\n"])
def test_a_file_without_a_card_is_a_bad_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "contacts.vcf"
    path.write_bytes(content)
    with pytest.raises(VidphoneError) as refusal:
        vcard.read_file(path)
    assert refusal.value.code is ErrorCode.BAD_FILE


def test_a_file_too_large_or_not_there_is_a_bad_file(tmp_path: Path) -> None:
    with pytest.raises(VidphoneError):
        vcard.read_file(tmp_path / "none.vcf")
    large = tmp_path / "large.vcf"
    with large.open("wb") as file:
        file.write(card("FN:a", "TEL:1001"))
        file.truncate(vcard.MAX_FILE_BYTES + 1)
    with pytest.raises(VidphoneError):
        vcard.read_file(large)


@pytest.mark.parametrize(
    "line",
    [
        "TEL" + ";A=b" * 100_000,  # no colon: exponential in vobject's pattern
        "TEL" + ';A="b' * 100_000 + ":1",
        "a." * 100_000,
        "TEL;" + "b," * 100_000,
        "FN:" + "a" * 1_000_000,
        "NOTE;ENCODING=QUOTED-PRINTABLE:" + "=\r\n" * 100_000,
        "BEGIN:VCARD\r\n" * 5_000,
    ],
    ids=lambda line: line[:12],
)
@pytest.mark.timeout(10)
def test_a_hostile_line_costs_no_more_than_its_length(line: str) -> None:
    cards = vcard.read(card("FN:good", "TEL:1001") + card("TEL:1002", line) + card("FN:also good", "TEL:1003"))
    assert cards is not None
    assert {"good", "also good"} <= {contact.name for contact in cards.contacts}


def test_no_more_cards_are_taken_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vcard, "MAX_CARDS", 2)
    cards = vcard.read(b"".join(card(f"TEL:100{number}") for number in range(5)))
    assert cards is not None
    assert (len(cards.contacts), cards.refused) == (2, 3)


def test_lines_are_folded_to_75_bytes_within_no_character() -> None:
    written = vcard.write([Contact("a" * 32, "张" * 100, ("1001",))])
    lines = written.encode().split(b"\r\n")
    assert max(map(len, lines)) == 75
    for line in lines:
        line.decode()


VISIBLE = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=120).map(str.strip).filter(bool)
CONTACTS = st.lists(
    st.builds(
        Contact,
        id=st.text("0123456789abcdef", min_size=32, max_size=32),
        name=VISIBLE,
        numbers=st.lists(st.from_regex(r"[0-9]{3,15}", fullmatch=True), min_size=1, max_size=5, unique=True).map(tuple),
        favourite=st.booleans(),
        note=st.lists(VISIBLE, max_size=3).map("\n".join),
    ),
    max_size=4,
    unique_by=lambda contact: contact.id,
)


@given(CONTACTS, st.sampled_from(["3.0", "4.0"]))
def test_what_is_exported_is_imported_alike(contacts: list[Contact], version: str) -> None:
    cards = vcard.read(vcard.write(contacts, version).encode())
    if not contacts:
        assert cards is None
    else:
        assert cards == vcard.Cards(tuple(contacts), 0)


@given(
    st.lists(st.sampled_from([b"BEGIN:VCARD", b"END:VCARD", b"TEL:1001", b"FN"]) | st.binary(max_size=40), max_size=20)
)
def test_no_bytes_make_the_import_fail(lines: list[bytes]) -> None:
    cards = vcard.read(b"\n".join(lines))
    assert cards is None or all(contact.numbers and contact.name for contact in cards.contacts)


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(VidphoneError) as refusal:
        vcard.write_file(tmp_path / "no such folder" / "a.vcf", [])
    assert refusal.value.code is ErrorCode.BAD_FILE
