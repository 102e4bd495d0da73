"""A signer's key: made here, kept sealed by a passphrase, certified by a request (clause 17).

The signing data is the signer's alone (Electronic Signature Law of China, article 13): a key is made on its owner's
machine, and of it only the public half leaves that machine.
"""

import os
import unicodedata

from cryptography import x509
from cryptography.hazmat.primitives import hashes, padding, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

PrivateKey = ec.EllipticCurvePrivateKey

MIN_PASSPHRASE = 8
"""Characters of a passphrase, at least."""
MAX_PASSPHRASE = 256
MAX_KEY_FILE_BYTES = 4096
ITERATIONS = 600_000
"""Of PBKDF2 with HMAC-SHA-256 (OWASP Password Storage, 2023): 0.1 s on one core of 2020."""
_COMMON_NAME = 64
"""Bytes of a common name: RFC 5280 (ub-common-name) counts characters, the library that writes it counts bytes."""


class WrongPassphrase(ValueError):
    """The passphrase is not the one that the key was sealed with, or the sealed bytes were changed."""


def make_key() -> PrivateKey:
    """A new key on the curve P-256."""
    return ec.generate_private_key(ec.SECP256R1())


def certificate_request(key: PrivateKey, name: str) -> str:
    """A request for a certificate (PKCS#10) in PEM, signed by the key: proof that the asker holds it.

    The authority takes the public key from it alone; the name is for people who read the request.
    """
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name(name))])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM).decode("ascii")


def common_name(name: str) -> str:
    """A party's name as it fits into a certificate: the beginning of a long one, with "…". The document has it whole.

    Raises:
        ValueError: it is empty.
    """
    if not name:
        raise ValueError("no name")
    if len(name.encode("utf-8")) <= _COMMON_NAME:
        return name
    return name.encode("utf-8")[: _COMMON_NAME - 3].decode("utf-8", "ignore") + "…"


def seal_key(key: PrivateKey, passphrase: str) -> bytes:
    """The key as an encrypted PKCS#8 file in PEM (PBES2: PBKDF2 with `ITERATIONS`, AES-256-CBC), which openssl opens.

    The library that opens it would write it with 2,048 iterations, so the container is put together here.

    Raises:
        ValueError: the passphrase is shorter than `MIN_PASSPHRASE` or longer than `MAX_PASSPHRASE`.
    """
    from asn1crypto import algos, keys, pem  # noqa: PLC0415

    if not MIN_PASSPHRASE <= len(passphrase) <= MAX_PASSPHRASE:
        raise ValueError(f"a passphrase has {MIN_PASSPHRASE} to {MAX_PASSPHRASE} characters")
    salt, start = os.urandom(16), os.urandom(16)
    stretched = PBKDF2HMAC(hashes.SHA256(), 32, salt, ITERATIONS).derive(_secret(passphrase))
    padder = padding.PKCS7(128).padder()
    plain = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    padded = padder.update(plain) + padder.finalize()
    encryptor = Cipher(algorithms.AES(stretched), modes.CBC(start)).encryptor()
    sealed = keys.EncryptedPrivateKeyInfo(
        {
            "encryption_algorithm": algos.EncryptionAlgorithm(
                {
                    "algorithm": "pbes2",
                    "parameters": {
                        "key_derivation_func": {
                            "algorithm": "pbkdf2",
                            "parameters": {
                                "salt": algos.Pbkdf2Salt(name="specified", value=salt),
                                "iteration_count": ITERATIONS,
                                "prf": {"algorithm": "sha256"},
                            },
                        },
                        "encryption_scheme": {"algorithm": "aes256_cbc", "parameters": start},
                    },
                }
            ),
            "encrypted_data": encryptor.update(padded) + encryptor.finalize(),
        }
    )
    armoured: bytes = pem.armor("ENCRYPTED PRIVATE KEY", sealed.dump())
    return armoured


def open_key(sealed: bytes, passphrase: str) -> PrivateKey:
    """The key in a file that `seal_key` made, or another program (PKCS#8 in PEM).

    Raises:
        WrongPassphrase: it does not open it.
        ValueError: this is no sealed key on the curve P-256.
    """
    if len(sealed) > MAX_KEY_FILE_BYTES or b"ENCRYPTED PRIVATE KEY" not in sealed:
        raise ValueError("no sealed key")
    try:
        key = serialization.load_pem_private_key(sealed, _secret(passphrase))
    except (ValueError, TypeError) as error:
        raise WrongPassphrase("wrong passphrase") from error
    return _on_our_curve(key)


def same_key(key: PrivateKey, certificate_pem: str) -> bool:
    """Whether the first certificate of `certificate_pem` is for this key.

    Raises:
        ValueError: there is no certificate.
    """
    certificate = x509.load_pem_x509_certificate(certificate_pem.encode("ascii", "replace"))
    return _public(certificate.public_key()) == _public(key.public_key())


def _public(key: object) -> bytes:
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return b""
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _on_our_curve(key: object) -> PrivateKey:
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("not a key on the curve P-256")  # noqa: TRY004 (it is a value out of a file)
    return key


def _secret(passphrase: str) -> bytes:
    """The same bytes for the same characters, however a keyboard composed them."""
    return unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
