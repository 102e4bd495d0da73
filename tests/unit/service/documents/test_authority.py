from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from tests.support.papers import AT, CUSTOMER_NAME, NUMBER, PROVIDER_NAME, unsigned
from vidphone.papers import CUSTOMER
from vidphone.papers.keys import certificate_request, make_key
from vidphone.papers.signing import sign
from vidphone.papers.verifying import Problem, verify
from vidphone.service.documents.authority import Authority
from vidphone.service.documents.certificates import BadRequest
from vidphone.service.documents.issuers import AuthorityFault
from vidphone.service.documents.settings import AuthoritySettings

DAY = timedelta(days=1)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def _open(
    data: Path, *, days: int = 0, name: str = PROVIDER_NAME, settings: AuthoritySettings | None = None
) -> Authority:
    return Authority.open(data, name, AT + days * DAY, settings)


def _certificate(chain: str) -> x509.Certificate:
    return x509.load_pem_x509_certificates(chain.encode())[0]


def _issue(authority: Authority) -> tuple[x509.Certificate, str]:
    chain = authority.issue(certificate_request(make_key(), "whatever they write"), NUMBER, CUSTOMER_NAME, AT)
    return _certificate(chain), chain


def test_opened_again_it_is_the_same_authority(data: Path) -> None:
    first, again = _open(data), _open(data)
    assert first.root_pem == again.root_pem
    assert first.provider_chain_pem == again.provider_chain_pem


def test_keys_are_their_owners_alone_and_sealed(data: Path) -> None:
    _open(data)
    keys = sorted((data / "authority").glob("*.key"))
    assert [key.name for key in keys] == ["issuing.key", "provider.key", "root.key"]
    assert all(key.stat().st_mode & 0o077 == 0 for key in keys)
    assert all(b"ENCRYPTED PRIVATE KEY" in key.read_bytes() for key in keys)


def test_the_passphrase_lies_beside_the_data_not_in_it(data: Path) -> None:
    _open(data)
    secret = (data.parent / "data-keys" / "authority.passphrase").read_bytes()
    assert all(secret not in file.read_bytes() for file in data.rglob("*") if file.is_file())


def test_a_certificate_says_who_signs_and_no_more(data: Path) -> None:
    certificate, _ = _issue(_open(data))
    assert certificate.subject.rfc4514_string() == f"2.5.4.5={NUMBER},CN={CUSTOMER_NAME}"
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.content_commitment
    assert not usage.key_cert_sign
    assert certificate.not_valid_after_utc == AT + 730 * DAY


def test_a_request_that_proves_no_key_is_refused(data: Path) -> None:
    authority = _open(data)
    request = certificate_request(make_key(), "x")
    for unfit in ("", "x", request[:200], request.replace("A", "B", 1), "字"):
        with pytest.raises(BadRequest):
            authority.issue(unfit, NUMBER, CUSTOMER_NAME, AT)


def test_it_works_without_the_roots_key_until_a_new_issuing_certificate_is_due(data: Path) -> None:
    root = _open(data).root_pem
    (data / "authority" / "root.key").unlink()
    late = _open(data, days=3600)
    assert late.root_pem == root
    assert _certificate(late.provider_chain_pem).not_valid_after_utc > AT + 3600 * DAY
    with pytest.raises(AuthorityFault) as fault:
        _open(data, days=3660).issue(certificate_request(make_key(), "x"), NUMBER, CUSTOMER_NAME, AT + 3660 * DAY)
    assert fault.value.reason == "issuing-expired"


def test_with_the_roots_key_the_issuing_certificate_is_made_anew(data: Path) -> None:
    before = _open(data).provider_chain_pem
    after = _open(data, days=3600)
    assert after.provider_chain_pem != before
    assert after.provider_chain_pem == _open(data, days=3600).provider_chain_pem


@pytest.mark.parametrize("days", [1066, 2000])
def test_the_providers_certificate_is_made_anew_in_time(data: Path, days: int) -> None:
    before = _open(data).provider_chain_pem
    assert _open(data, days=1065).provider_chain_pem == before
    assert _certificate(_open(data, days=days).provider_chain_pem).not_valid_after_utc > AT + (days + 30) * DAY


def test_a_new_name_of_the_provider_gets_a_certificate(data: Path) -> None:
    _open(data)
    assert "CN=新名称" in _certificate(_open(data, name="新名称").provider_chain_pem).subject.rfc4514_string()


def _damage(path: Path) -> None:
    path.write_bytes(b"x")


def _show(path: Path) -> None:
    path.chmod(0o644)


@pytest.mark.parametrize(
    ("name", "harm", "reason"),
    [
        ("data/authority/issuing.key", _damage, "key-unreadable"),
        ("data/authority/provider.key", _show, "open-to-others"),
        ("data/authority/root.pem", _damage, "certificate-unreadable"),
        ("data/authority/issuing.key", Path.unlink, "chain-broken"),
        ("data-keys/authority.passphrase", Path.unlink, "passphrase-missing"),
        ("data-keys/authority.passphrase", _show, "open-to-others"),
    ],
)
def test_what_is_wrong_with_its_files_is_said(data: Path, name: str, harm: Callable[[Path], None], reason: str) -> None:
    _open(data)
    harm(data.parent / name)
    with pytest.raises(AuthorityFault) as fault:
        _open(data)
    assert fault.value.reason == reason


def test_an_issuing_key_of_another_authority_is_used(data: Path, tmp_path: Path) -> None:
    """The operator's files: an issuing key sealed by a passphrase of theirs, its certificate and the root."""
    elsewhere = tmp_path / "elsewhere"
    theirs = _open(elsewhere)
    folder = elsewhere / "authority"
    chain = tmp_path / "chain.pem"
    chain.write_bytes((folder / "issuing.pem").read_bytes() + (folder / "root.pem").read_bytes())
    settings = AuthoritySettings(
        passphrase_file=tmp_path / "elsewhere-keys" / "authority.passphrase",
        issuing_key=folder / "issuing.key",
        issuing_chain=chain,
    )
    ours = _open(data, settings=settings)
    assert ours.root_pem == theirs.root_pem
    assert not list((data / "authority").glob("root.*"))
    key = make_key()
    issued = ours.issue(certificate_request(key, "x"), NUMBER, CUSTOMER_NAME, AT)
    document = sign(unsigned(), key, issued, field=CUSTOMER, reason="r", location="l", at=AT)
    assert verify(document, theirs.root_pem).intact


@pytest.mark.parametrize("chain", ["issuing.pem", "root.pem", "provider.pem"])
def test_a_chain_that_does_not_fit_its_key_is_refused(data: Path, tmp_path: Path, chain: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    _open(elsewhere)
    folder = elsewhere / "authority"
    settings = AuthoritySettings(
        passphrase_file=tmp_path / "elsewhere-keys" / "authority.passphrase",
        issuing_key=folder / "issuing.key",
        issuing_chain=folder / chain,
    )
    with pytest.raises(AuthorityFault) as fault:
        _open(data, settings=settings)
    assert fault.value.reason == "chain-broken"


def test_what_is_signed_after_a_revocation_counts_no_more(data: Path) -> None:
    authority = _open(data)
    key = make_key()
    chain = authority.issue(certificate_request(key, "x"), NUMBER, CUSTOMER_NAME, AT)
    assert authority.crl_pem() == ""
    authority.revoke(_issue(authority)[1], AT)
    authority.revoke(chain, AT + DAY)

    def verdict(days: float) -> Problem | None:
        at = AT + days * DAY
        document = sign(unsigned(), key, chain, field=CUSTOMER, reason="r", location="l", at=at)
        return verify(document, authority.root_pem, crl_pem=authority.crl_pem()).problem

    assert verdict(0.9) is None
    assert verdict(1.1) is Problem.REVOKED


def test_a_list_of_another_authority_revokes_nothing(data: Path, tmp_path: Path) -> None:
    authority, other = _open(data), _open(tmp_path / "other")
    key = make_key()
    chain = authority.issue(certificate_request(key, "x"), NUMBER, CUSTOMER_NAME, AT)
    other.revoke(chain, AT - DAY)
    document = sign(unsigned(), key, chain, field=CUSTOMER, reason="r", location="l", at=AT)
    assert verify(document, authority.root_pem, crl_pem=other.crl_pem()).intact
