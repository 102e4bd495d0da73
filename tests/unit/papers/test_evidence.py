"""A bundle of evidence is as it was signed, or it is not (clause 16)."""

import base64
import shutil
import subprocess
import sys
from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

from tests.support.papers import AT, NUMBER, PROVIDER_NAME, authority, certified, signed
from vidphone.papers.bundle import NotPacked, pack, unpack
from vidphone.papers.cms import BadSignature, check_detached, sign_detached
from vidphone.papers.evidence import (
    MANIFEST,
    ROOT,
    SIGNATURE,
    EvidenceProblem,
    EvidenceVerdict,
    ListedFile,
    Manifest,
    make_evidence,
    verify_evidence,
)
from vidphone.papers.evidence_command import told

FILES = {"cases/C000001/case.json": b'{"words": "why"}', "calls/list.csv": b"call,number\r\n", "README.txt": b""}
_NAMES = st.from_regex(r"[a-z0-9]{1,8}(/[a-z0-9]{1,8}){0,2}\.txt", fullmatch=True)


@cache
def bundle(with_agreement: bool = False) -> bytes:
    known = authority()
    files = FILES | ({"agreements/a.pdf": signed().by_both} if with_agreement else {})
    return make_evidence(
        files, PROVIDER_NAME, NUMBER, AT, known.provider_key, known.provider_chain_pem, known.root_pem, ("big.jpg",)
    )


def remade(**files: bytes | None) -> bytes:
    """The bundle packed anew with other files; None leaves one out."""
    whole: dict[str, bytes | None] = {**unpack(bundle()), **files}
    return pack({name: content for name, content in whole.items() if content is not None})


def problem(changed: bytes, root_pem: str = "") -> tuple[EvidenceProblem | None, str]:
    verdict = verify_evidence(changed, root_pem)
    assert verdict.intact == (verdict.problem is None)
    return verdict.problem, verdict.about


def test_a_bundle_verifies_with_its_own_root_and_with_a_given_one() -> None:
    made = bundle(with_agreement=True)
    verdict = verify_evidence(made)
    assert verdict.intact
    assert (verdict.signer, verdict.made_at, verdict.customer) == (PROVIDER_NAME, AT, NUMBER)
    assert (verdict.root_given, verdict.left_out) == (False, ("big.jpg",))
    assert verify_evidence(made, authority().root_pem).root_given


def test_the_same_evidence_gives_the_same_bytes() -> None:
    known = authority()
    again = make_evidence(
        dict(reversed(FILES.items())),
        *(PROVIDER_NAME, NUMBER, AT, known.provider_key, known.provider_chain_pem, known.root_pem, ("big.jpg",)),
    )
    assert again == bundle()


def test_one_changed_byte_anywhere_is_seen() -> None:
    made = bundle()
    for place in range(0, len(made), 61):
        changed = bytearray(made)
        changed[place] ^= 1 << place % 8
        assert not verify_evidence(bytes(changed)).intact, place
    assert not verify_evidence(made + b"\0").intact
    assert not verify_evidence(b"\0" + made).intact
    assert not verify_evidence(made[:-1]).intact


def test_a_byte_of_the_signature_is_not_changed_unseen() -> None:
    known = authority()
    signature = sign_detached(b"x", known.provider_key, known.provider_chain_pem, AT)
    for place in range(0, len(signature), 29):
        changed = bytearray(signature)
        changed[place] ^= 0x04
        with pytest.raises(BadSignature):
            check_detached(b"x", bytes(changed))
    with pytest.raises(BadSignature):
        check_detached(b"y", signature)


def test_what_was_done_to_a_bundle_is_named() -> None:
    assert problem(remade(**{"calls/list.csv": b"other"})) == (EvidenceProblem.CHANGED, "calls/list.csv")
    assert problem(remade(**{"calls/list.csv": None})) == (EvidenceProblem.MISSING, "calls/list.csv")
    assert problem(remade(**{"calls/more.csv": b""})) == (EvidenceProblem.ADDED, "calls/more.csv")
    assert problem(remade(**{SIGNATURE: None})) == (EvidenceProblem.MISSING, SIGNATURE)
    assert problem(remade(**{MANIFEST: b"{}"}))[0] is EvidenceProblem.BAD_SIGNATURE
    assert problem(remade(**{ROOT: b"no certificate"})) == (EvidenceProblem.CHANGED, ROOT)
    assert problem(b"PK")[0] is EvidenceProblem.NO_BUNDLE


def test_only_the_provider_signs_and_only_while_its_certificate_is_valid() -> None:
    known = authority()
    key, chain = certified()
    by_customer = make_evidence(FILES, PROVIDER_NAME, NUMBER, AT, key, chain, known.root_pem)
    assert problem(by_customer)[0] is EvidenceProblem.UNKNOWN_SIGNER
    too_early = AT - timedelta(days=2000)
    parties = PROVIDER_NAME, NUMBER, too_early, known.provider_key, known.provider_chain_pem, known.root_pem
    assert problem(make_evidence(FILES, *parties))[0] is EvidenceProblem.UNKNOWN_SIGNER


def test_another_root_is_told(tmp_path: Path) -> None:
    from vidphone.service.documents.authority import Authority  # noqa: PLC0415

    other = Authority.open(tmp_path / "data", PROVIDER_NAME, AT)
    assert problem(bundle(), other.root_pem)[0] is EvidenceProblem.OTHER_ROOT
    forged = make_evidence(
        FILES, PROVIDER_NAME, NUMBER, AT, other.provider_key, other.provider_chain_pem, other.root_pem
    )
    assert problem(forged, authority().root_pem)[0] is EvidenceProblem.OTHER_ROOT
    assert not verify_evidence(forged).root_given  # whole in itself: whose it is, the fingerprint tells


def test_an_agreement_in_it_must_verify() -> None:
    known = authority()
    files = {"agreements/a.pdf": signed().by_customer}
    parties = PROVIDER_NAME, NUMBER, AT, known.provider_key, known.provider_chain_pem, known.root_pem
    assert problem(make_evidence(files, *parties)) == (EvidenceProblem.AGREEMENT, "agreements/a.pdf")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not there")
def test_openssl_verifies_the_signature(tmp_path: Path) -> None:
    for name, content in unpack(bundle()).items():
        if "/" not in name:
            (tmp_path / name).write_bytes(content)
    asked = ("-verify", "-binary", "-inform", "DER", "-in", SIGNATURE, "-content", MANIFEST, "-CAfile", ROOT)
    at = str(int(AT.timestamp()))
    more = ("-purpose", "any", "-attime", at, "-out", "taken")
    done = subprocess.run(["openssl", "cms", *asked, *more], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "taken").read_bytes() == unpack(bundle())[MANIFEST]


def test_the_command_needs_nothing_of_the_service(tmp_path: Path) -> None:
    path = tmp_path / "evidence.zip"
    path.write_bytes(bundle(with_agreement=True))
    program = (
        "import sys\n"
        "for name in ('vidphone.service', 'sqlalchemy', 'fastapi', 'typst', 'PIL'): sys.modules[name] = None\n"
        "from vidphone.cli import main\n"
        f"print(main(['verify-evidence', {str(path)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == "0", done.stderr
    changed = bytearray(bundle(with_agreement=True))
    changed[len(changed) // 2] ^= 1
    path.write_bytes(changed)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == "1", done.stderr


@pytest.mark.parametrize("problem", EvidenceProblem)
def test_every_problem_has_a_sentence(problem: EvidenceProblem) -> None:
    assert len(told(EvidenceVerdict(problem, "a.json"))) == 2


@given(st.dictionaries(_NAMES, st.binary(max_size=64), min_size=1, max_size=6))
def test_what_is_packed_is_unpacked(files: dict[str, bytes]) -> None:
    assert unpack(pack(files)) == files


@given(st.binary(max_size=200))
def test_no_bytes_break_the_unpacker(noise: bytes) -> None:
    for packed in (noise, b"PK\3\4" + noise):
        try:
            unpack(packed)
        except NotPacked:
            continue


@pytest.mark.parametrize("name", ["../up", "/root", "a//b", "空", "", "a\\b", ".hidden"])
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        pack({name: b""})


def with_root(root: bytes) -> bytes:
    """A bundle with another file of the root, listed and signed: whoever makes one writes what they like."""
    known = authority()
    files = unpack(bundle(with_agreement=True)) | {ROOT: root}
    manifest = Manifest.model_validate_json(files[MANIFEST])
    listed = tuple(
        ListedFile(name=one.name, size=len(files[one.name]), sha256=sha256(files[one.name]).hexdigest())
        for one in manifest.files
    )
    written = manifest.model_copy(update={"files": listed}).model_dump_json(indent=1).encode()
    signature = sign_detached(written, known.provider_key, known.provider_chain_pem, AT)
    return pack(files | {MANIFEST: written, SIGNATURE: signature})


def test_no_root_whatever_it_is_makes_verifying_fail() -> None:
    real = authority().root_pem.encode()
    der = x509.load_pem_x509_certificate(real).public_bytes(serialization.Encoding.DER)
    of_no_version = der.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07", 1)
    armoured = b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(of_no_version) + b"-----END CERTIFICATE-----\n"
    for root in (armoured, b"", b"\xff", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"):
        assert problem(with_root(root)) == (EvidenceProblem.UNKNOWN_SIGNER, "")


@pytest.mark.parametrize("before", ["根证书\n".encode(), b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"])
def test_one_root_is_what_all_signatures_are_held_against(before: bytes) -> None:
    made = with_root(before + authority().root_pem.encode())
    assert problem(made) == (None, "")
    assert problem(made, authority().root_pem) == (None, "")
