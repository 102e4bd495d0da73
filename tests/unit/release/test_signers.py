from pathlib import Path

import pytest

from vidphone.release.said import Refused
from vidphone.release.signers import PASSPHRASE_VARIABLE, Passphrases, make, open_signer


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.delenv(PASSPHRASE_VARIABLE, raising=False)


def test_key_opens_with_its_passphrase_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text("correct horse\n")
    path = tmp_path / "keys" / "li.pem"
    made = make(path, Passphrases(secret))
    assert b"ENCRYPTED" in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv(PASSPHRASE_VARIABLE, "correct horse")
    assert open_signer(str(path), Passphrases()).public_key.keyid == made.public_key.keyid
    monkeypatch.setenv(PASSPHRASE_VARIABLE, "wrong horse")
    with pytest.raises(Refused, match="not the passphrase of li"):
        open_signer(str(path), Passphrases())
    with pytest.raises(Refused, match="not overwritten"):
        make(path, Passphrases(secret))


def test_without_terminal_and_passphrase_it_says_how(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=PASSPHRASE_VARIABLE):
        make(tmp_path / "li.pem", Passphrases())
    assert not (tmp_path / "li.pem").exists()


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\n", b"x" * 10_000])
def test_what_is_no_sealed_key_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setenv(PASSPHRASE_VARIABLE, "correct horse")
    (tmp_path / "li.pem").write_bytes(content)
    with pytest.raises(Refused, match="is no key"):
        open_signer(str(tmp_path / "li.pem"), Passphrases())


def test_short_passphrase_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSPHRASE_VARIABLE, "short")
    with pytest.raises(Refused, match="at least 8"):
        make(tmp_path / "li.pem", Passphrases())


def test_a_passphrase_too_long_to_seal_a_key_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSPHRASE_VARIABLE, "x" * 257)
    with pytest.raises(Refused, match="at most 256"):
        make(tmp_path / "li.pem", Passphrases())
    assert not (tmp_path / "li.pem").exists()
    monkeypatch.setenv(PASSPHRASE_VARIABLE, "x" * 256)
    make(tmp_path / "li.pem", Passphrases())
    monkeypatch.setenv(PASSPHRASE_VARIABLE, "x" * 100_000)
    with pytest.raises(Refused, match="not the passphrase of li"):
        open_signer(str(tmp_path / "li.pem"), Passphrases())


def test_key_in_hardware_without_its_package_or_token_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYKCS11LIB", raising=False)
    with pytest.raises(Refused, match=r"vidphone\[hsm\]|PYKCS11LIB"):
        open_signer("hsm:2?label=YubiKey", Passphrases())
