import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.papers import certified
from vidphone.papers.keys import (
    ITERATIONS,
    MAX_PASSPHRASE,
    WrongPassphrase,
    certificate_request,
    common_name,
    make_key,
    open_key,
    same_key,
    seal_key,
)

PASSPHRASE = "一匹马 correct"


def test_a_sealed_key_opens_with_its_passphrase_alone() -> None:
    key = make_key()
    sealed = seal_key(key, PASSPHRASE)
    assert open_key(sealed, PASSPHRASE).private_numbers() == key.private_numbers()
    with pytest.raises(WrongPassphrase):
        open_key(sealed, PASSPHRASE + " ")


def test_the_same_characters_open_it_however_they_were_composed() -> None:
    key = make_key()
    assert open_key(seal_key(key, "caf\u00e9 12345"), "cafe\u0301 12345").private_numbers() == key.private_numbers()


def test_another_program_opens_it_and_finds_the_iterations(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(seal_key(make_key(), "correct horse"))
    shown = subprocess.run(["openssl", "asn1parse", "-in", file], check=True, capture_output=True, text=True).stdout
    assert f"INTEGER           :{ITERATIONS:X}" in shown.replace(":0", ":")
    subprocess.run(["openssl", "pkey", "-in", file, "-passin", "pass:correct horse", "-noout"], check=True)


@pytest.mark.parametrize("passphrase", ["", "1234567", "x" * (MAX_PASSPHRASE + 1)])
def test_a_passphrase_that_is_too_short_or_long_is_refused(passphrase: str) -> None:
    with pytest.raises(ValueError, match="passphrase"):
        seal_key(make_key(), passphrase)


@pytest.mark.parametrize(
    "sealed", [b"", b"x" * 10_000, b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"]
)
def test_what_is_no_sealed_key_is_refused(sealed: bytes) -> None:
    with pytest.raises(ValueError, match="no sealed key"):
        open_key(sealed, PASSPHRASE)


def test_a_key_on_another_curve_is_refused() -> None:
    sealed = ec.generate_private_key(ec.SECP384R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(PASSPHRASE.encode()),
    )
    with pytest.raises(ValueError, match="P-256"):
        open_key(sealed, PASSPHRASE)


@settings(max_examples=30, deadline=None)
@given(st.text(min_size=1, max_size=200))
def test_any_name_fits_into_a_certificate(name: str) -> None:
    if any(0xD800 <= ord(character) <= 0xDFFF for character in name):
        return
    short = common_name(name)
    assert 1 <= len(short.encode()) <= 64
    assert short == name or (short.endswith("…") and name.startswith(short[:-1]))


def test_a_request_proves_its_key_and_a_certificate_is_known_to_be_of_it() -> None:
    key = make_key()
    request = x509.load_pem_x509_csr(certificate_request(key, "张三").encode())
    assert request.is_signature_valid
    mine, chain = certified()
    assert same_key(mine, chain)
    assert not same_key(key, chain)
