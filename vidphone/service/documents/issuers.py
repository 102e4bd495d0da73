"""Who certifies signers: this service's own root and issuing key, or an issuing key that the operator was given.

Both are a `Certifier`. Keys lie in files of their owner's alone, sealed by a passphrase that is kept elsewhere.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from vidphone.papers.keys import PrivateKey, make_key, open_key, same_key, seal_key
from vidphone.service.documents.certificates import certify_authority, certify_signer, in_pem, name_of
from vidphone.service.documents.settings import AuthoritySettings
from vidphone.service.vault.files import create_secret, open_to_others, write_secret

ROOT_LIFETIME = timedelta(days=7305)
ISSUING_LIFETIME = timedelta(days=3652)
RENEWED_BEFORE = timedelta(days=90)
"""An issuing certificate is made anew so long before its end, where the root's key is at hand."""


class AuthorityFault(Exception):
    """The authority cannot work. The sentence is the text `authority.<reason>` with `places`."""

    def __init__(self, reason: str, **places: str) -> None:
        super().__init__(f"{reason} {places}")
        self.reason, self.places = reason, places


class Certifier(Protocol):
    """Somebody who certifies the keys of signers."""

    @property
    def root_pem(self) -> str:
        """The root that all certificates lead to."""

    @property
    def certificate(self) -> x509.Certificate:
        """The issuing certificate."""

    @property
    def key(self) -> PrivateKey:
        """Its key, which also signs the list of revoked certificates."""

    def certify(
        self, public: ec.EllipticCurvePublicKey, subject: x509.Name, field: str, at: datetime, lifetime: timedelta
    ) -> str:
        """A certificate for signing in `field`, then those towards the root, without the root, in PEM."""


@dataclass(frozen=True)
class _Issuing:
    """An issuing key with its certificates, the root last."""

    key: PrivateKey
    chain: tuple[x509.Certificate, ...]

    @property
    def root_pem(self) -> str:
        return in_pem(self.chain[-1])

    @property
    def certificate(self) -> x509.Certificate:
        return self.chain[0]

    def certify(
        self, public: ec.EllipticCurvePublicKey, subject: x509.Name, field: str, at: datetime, lifetime: timedelta
    ) -> str:
        if at >= self.certificate.not_valid_after_utc:
            raise AuthorityFault("issuing-expired", on=self.certificate.not_valid_after_utc.date().isoformat())
        return in_pem(
            certify_signer(public, subject, field, (self.key, self.certificate), at, lifetime), *self.chain[:-1]
        )


def own_issuer(folder: Path, passphrase: str, provider: str, at: datetime) -> Certifier:
    """The service's own authority; what is not there is made. The root's key is only needed to make an issuing key.

    It may be taken away to a safe place: `root.key`. Two processes that begin at once end with the same files.

    Raises:
        AuthorityFault: a file is damaged, the passphrase is another, or a new issuing certificate is due without the
            root's key.
        OSError: the folder cannot be used.
    """
    root_key, root, issuing = folder / "root.key", folder / "root.pem", folder / "issuing.pem"
    if not root.exists():
        key = kept_key(root_key, passphrase)
        made = certify_authority(key, name_of(f"{provider} Root"), None, at, ROOT_LIFETIME)
        create_secret(root, in_pem(made).encode("ascii"))
    anchor = read_chain(root)[0]
    key = kept_key(folder / "issuing.key", passphrase)
    present = read_chain(issuing)[0] if issuing.exists() else None
    if present is None or (present.not_valid_after_utc - at < RENEWED_BEFORE and root_key.exists()):
        if not root_key.exists():
            raise AuthorityFault("root-away", path=str(root_key))
        by = (kept_key(root_key, passphrase), anchor)
        made = certify_authority(key, name_of(f"{provider} Issuing"), by, at, ISSUING_LIFETIME)
        encoded = in_pem(made).encode("ascii")
        if present is None:
            create_secret(issuing, encoded)
        else:
            write_secret(issuing, encoded)
    return _checked(key, (*read_chain(issuing)[:1], anchor), issuing)


def supplied_issuer(settings: AuthoritySettings, data: Path, passphrase: str) -> Certifier:
    """An issuing key of another authority, as files that the operator was given.

    Raises:
        AuthorityFault: a file is missing, damaged or open to others, or key and certificates do not belong together.
    """
    if settings.issuing_key is None or settings.issuing_chain is None:
        raise AuthorityFault("not-configured")
    path, chain = data / settings.issuing_key, data / settings.issuing_chain
    if not path.exists():
        raise AuthorityFault("missing", path=str(path))
    return _checked(kept_key(path, passphrase), read_chain(chain), chain)


def kept_key(path: Path, passphrase: str) -> PrivateKey:
    """The key in a file; made where there is none.

    Raises:
        AuthorityFault: damaged, sealed with another passphrase, or readable by others.
    """
    if not path.exists():
        create_secret(path, seal_key(make_key(), passphrase))
    if open_to_others(path):
        raise AuthorityFault("open-to-others", path=str(path))
    try:
        return open_key(path.read_bytes(), passphrase)
    except ValueError as error:
        raise AuthorityFault("key-unreadable", path=str(path)) from error


def read_chain(path: Path) -> tuple[x509.Certificate, ...]:
    """The certificates in a file.

    Raises:
        AuthorityFault: there are none, or it is damaged.
    """
    try:
        return tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise AuthorityFault("certificate-unreadable", path=str(path)) from error


def _checked(key: PrivateKey, chain: tuple[x509.Certificate, ...], path: Path) -> _Issuing:
    """The last one is a root, each is issued by the next, and the key is the first one's."""
    try:
        for certificate, above in zip(chain, (*chain[1:], chain[-1]), strict=True):
            certificate.verify_directly_issued_by(above)
            if not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
                raise AuthorityFault("chain-broken", path=str(path))
    except Exception as error:  # the library raises its own errors and built-in ones
        raise AuthorityFault("chain-broken", path=str(path)) from error
    if len(chain) < 2 or not same_key(key, in_pem(chain[0])):
        raise AuthorityFault("chain-broken", path=str(path))
    return _Issuing(key, chain)
