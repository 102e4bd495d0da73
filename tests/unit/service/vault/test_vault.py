import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.custodian import Custodian
from vidphone.service.vault.custody import VaultError
from vidphone.service.vault.envelope import MAX_FRONT_BYTES, bind, front_key, unpack
from vidphone.service.vault.vault import Vault

PLACE = {"table": "people", "row": 7, "column": "name"}
places = st.tuples(st.text(max_size=8), st.text(max_size=8), st.text(max_size=8))


def vault() -> Vault:
    return Vault(Custodian(), b"i" * 32)


@given(st.binary(max_size=200))
def test_what_was_sealed_opens_in_its_place(plain: bytes) -> None:
    one = vault()
    sealed = one.encrypt(plain, table="people", row=7, column="name")
    assert one.decrypt(sealed, table="people", row="7", column="name") == plain
    assert plain not in sealed or len(plain) < 4


@given(st.data())
def test_any_changed_or_missing_byte_is_seen(data: st.DataObject) -> None:
    one = vault()
    sealed = bytearray(one.encrypt("张三".encode(), table="people", row=7, column="name"))
    at = data.draw(st.integers(0, len(sealed) - 1))
    if data.draw(st.booleans()):
        sealed[at] ^= data.draw(st.integers(1, 255))
    else:
        del sealed[at:]
    with pytest.raises(VaultError):
        one.decrypt(bytes(sealed), table="people", row=7, column="name")


@pytest.mark.parametrize("other", [{"table": "pets"}, {"row": 8}, {"column": "address"}])
def test_a_value_put_in_another_place_does_not_open(other: dict[str, str | int]) -> None:
    one = vault()
    sealed = one.encrypt(b"plain", table="people", row=7, column="name")
    table, row, column = (str((PLACE | other)[part]) for part in ("table", "row", "column"))
    with pytest.raises(VaultError, match="altered"):
        one.decrypt(sealed, table=table, row=row, column=column)


def test_values_of_one_record_do_not_open_as_each_other() -> None:
    record = vault().new_record("people", 7)
    with pytest.raises(VaultError, match="altered"):
        record.decrypt(record.encrypt(b"plain", "name"), "address")


def test_a_value_under_another_data_key_of_the_same_row_does_not_open() -> None:
    one = vault()
    before, after = one.new_record("people", 7), one.new_record("people", 7)
    with pytest.raises(VaultError, match="altered"):
        after.decrypt(before.encrypt(b"plain", "name"), "name")


def test_equal_values_are_sealed_differently_each_time() -> None:
    record = vault().new_record("people", 7)
    assert record.encrypt(b"plain", "name") != record.encrypt(b"plain", "name")


def test_rewrapping_changes_the_key_and_not_the_value() -> None:
    custodian = Custodian()
    one = Vault(custodian, b"i" * 32)
    sealed = one.encrypt(b"plain", table="people", row=7, column="name")
    custodian.rotate()
    rewrapped = one.rewrap(sealed, table="people", row=7)
    assert (front_key(sealed), front_key(rewrapped[:MAX_FRONT_BYTES])) == ("key-0", "key-1")
    assert unpack(rewrapped).body == unpack(sealed).body
    custodian.forget("key-0")
    assert one.decrypt(rewrapped, table="people", row=7, column="name") == b"plain"
    with pytest.raises(VaultError, match="unknown-key"):
        one.decrypt(sealed, table="people", row=7, column="name")


def test_an_operators_key_service_with_long_wrapped_keys_fits() -> None:
    one = Vault(Custodian(padding=6000), b"i" * 32)
    sealed = one.encrypt(b"plain", table="people", row=7, column="name")
    assert one.decrypt(sealed, table="people", row=7, column="name") == b"plain"


@pytest.mark.parametrize("garbage", [b"", b"\x01", b"\x02abc", b"\x01\xff", b"\x01\x01\xff" + bytes(40)])
def test_what_is_no_sealed_value_is_refused(garbage: bytes) -> None:
    with pytest.raises(VaultError, match="altered"):
        vault().decrypt(garbage, table="people", row=7, column="name")


@given(places, places)
def test_no_two_places_are_bound_alike(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert (bind(*one) == bind(*other)) == (one == other)


def test_the_index_finds_a_value_however_it_was_written() -> None:
    one = vault()
    written = ("11010119900307851X", "11010119900307851x", "１１０１０１19900307851Ｘ", " 110101 19900307-851X")
    assert len({one.blind_index("identity-number", value) for value in written}) == 1
    assert len(one.blind_index("identity-number", written[0])) == 32


def test_the_index_tells_kinds_values_and_keys_apart() -> None:
    one, other = vault(), Vault(Custodian(), b"j" * 32)
    indexes = {
        one.blind_index("identity-number", "110101199003078515"),
        one.blind_index("identity-number", "110101199003078516"),
        one.blind_index("telephone", "110101199003078515"),
        other.blind_index("identity-number", "110101199003078515"),
    }
    assert len(indexes) == 4
