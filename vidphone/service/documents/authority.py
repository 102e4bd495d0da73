"""The provider's authority as the service uses it: certificates for customers, the provider's own key, revocations."""

import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from vidphone.papers import CUSTOMER, PROVIDER
from vidphone.papers.keys import PrivateKey, same_key
from vidphone.service.documents.certificates import in_pem, name_of, requested_key
from vidphone.service.documents.issuers import (
    AuthorityFault,
    Certifier,
    kept_key,
    own_issuer,
    read_chain,
    supplied_issuer,
)
from vidphone.service.documents.settings import AuthoritySettings
from vidphone.service.vault.files import create_secret, open_to_others, write_secret
from vidphone.service.vault.keys import default_key_file

FOLDER = "authority"
PASSPHRASE_FILE = "authority.passphrase"  # noqa: S105 (the name of a file)
PROVIDER_LIFETIME = timedelta(days=1096)
RENEWED_BEFORE = timedelta(days=30)
LIST_LIFETIME = timedelta(days=366)
"""Until when a list of revoked certificates says of itself that a newer one is to be had."""


class Issuer(Protocol):
    """What signing up needs of an authority. `issue` and the attributes are as of `Authority`."""

    root_pem: str
    provider_key: PrivateKey

    @property
    def provider_chain_pem(self) -> str:
        """The provider's certificate, then those towards the root."""

    def issue(self, request_pem: str, customer_number: str, name: str, at: datetime) -> str:
        """A customer's certificate, then those towards the root."""


class Authority:
    """Certifies customers and holds the provider's key for signing. May be used on any thread.

    Attributes:
        root_pem: what everybody verifies with.
        provider_key: signs for the provider.
        provider_chain_pem: its certificate first, then those towards the root.
    """

    def __init__(self, issuer: Certifier, folder: Path, customer_lifetime: timedelta, provider_key: PrivateKey) -> None:
        self._issuer = issuer
        self._customer_lifetime = customer_lifetime
        self._revoked = folder / "revoked.pem"
        self._provider = folder / "provider.pem"
        self.root_pem = issuer.root_pem
        self.provider_key = provider_key

    @classmethod
    def open(cls, data: Path, provider: str, at: datetime, settings: AuthoritySettings | None = None) -> "Authority":
        """The authority of a data folder; what is not there is made. 0.4 s.

        Args:
            data: of the service. Sealed keys lie in its `authority/`, the passphrase beside it in `<data>-keys/`.
            provider: the name in the provider's certificates.
            at: now, aware.
            settings: the operator's.

        Raises:
            AuthorityFault: files are damaged, missing or open to others; the reason is a text.
            OSError: the folder cannot be used.
        """
        chosen = settings or AuthoritySettings()
        folder = data / FOLDER
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        passphrase = _passphrase(data, chosen)
        if chosen.issuing_key is None:
            issuer = own_issuer(folder, passphrase, provider, at)
        else:
            issuer = supplied_issuer(chosen, data, passphrase)
        lifetime = timedelta(days=chosen.customer_days)
        authority = cls(issuer, folder, lifetime, kept_key(folder / "provider.key", passphrase))
        authority._renew_provider(provider, at)
        return authority

    @property
    def provider_chain_pem(self) -> str:
        """The provider's certificate, then those towards the root, without the root."""
        return in_pem(*read_chain(self._provider))

    def issue(self, request_pem: str, customer_number: str, name: str, at: datetime) -> str:
        """A customer's certificate, then those towards the root, in PEM.

        Args:
            request_pem: PKCS#10; only the key in it counts.
            customer_number: in the service.
            name: of the customer.
            at: now, aware.

        Raises:
            BadRequest: the request is unfit, or its key is not proven.
            AuthorityFault: the issuing certificate has expired.
        """
        subject = name_of(name, customer_number)
        return self._issuer.certify(requested_key(request_pem), subject, CUSTOMER, at, self._customer_lifetime)

    def revoke(self, chain_pem: str, at: datetime) -> None:
        """Put the first certificate of a chain on the list: what it signs from `at` on counts no more.

        Raises:
            ValueError: there is no certificate in it.
        """
        certificate = x509.load_pem_x509_certificates(chain_pem.encode("ascii"))[0]
        revoked = {certificate.serial_number: at}
        if self._revoked.exists():
            for entry in x509.load_pem_x509_crl(self._revoked.read_bytes()):
                revoked[entry.serial_number] = min(entry.revocation_date_utc, revoked.get(entry.serial_number, at))
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._issuer.certificate.subject)
            .last_update(at)
            .next_update(at + LIST_LIFETIME)
        )
        for serial, since in revoked.items():
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since).build()
            builder = builder.add_revoked_certificate(entry)
        signed = builder.sign(self._issuer.key, hashes.SHA256())
        write_secret(self._revoked, signed.public_bytes(serialization.Encoding.PEM))

    def crl_pem(self) -> str:
        """The list of revoked certificates for `papers.verifying.verify`; empty where none was ever revoked."""
        return self._revoked.read_text("ascii") if self._revoked.exists() else ""

    def _renew_provider(self, provider: str, at: datetime) -> None:
        """The provider's certificate is made anew where its name, key or authority changed, or its end is near."""
        subject = name_of(provider)
        if self._provider.exists():
            present = read_chain(self._provider)
            if (
                present[0].subject == subject
                and present[1] == self._issuer.certificate
                and same_key(self.provider_key, in_pem(present[0]))
                and present[0].not_valid_after_utc - at > RENEWED_BEFORE
            ):
                return
        chain = self._issuer.certify(self.provider_key.public_key(), subject, PROVIDER, at, PROVIDER_LIFETIME)
        write_secret(self._provider, chain.encode("ascii"))


def _passphrase(data: Path, settings: AuthoritySettings) -> str:
    """What seals the authority's keys: of the operator's file, or of one that is made beside the data folder."""
    path = default_key_file(data).parent / PASSPHRASE_FILE
    if settings.passphrase_file is not None:
        path = data / settings.passphrase_file
    elif not path.exists():
        if (data / FOLDER / "provider.key").exists():
            raise AuthorityFault("passphrase-missing", path=str(path))
        create_secret(path, secrets.token_urlsafe(32).encode("ascii"))
    try:
        if open_to_others(path):
            raise AuthorityFault("open-to-others", path=str(path))
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise AuthorityFault("passphrase-missing", path=str(path)) from error
