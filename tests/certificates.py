"""Certificates for tests: an authority, a server, and callers good and bad."""

from __future__ import annotations

import datetime as dt
import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from riv_careplans.settings import TlsSettings

__all__ = ["CALLER", "Authority", "Issued"]

CALLER = "SE2321000016-AG1"
_NOW = dt.datetime.now(dt.UTC)
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A certificate, with its key, as one PEM file."""

    path: Path
    certificate: str
    """PEM, without the key."""


class Authority:
    """Issues certificates into a folder."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        made = trustme.CA(organization_name=name)
        self._folder = folder
        self._key = serialization.load_pem_private_key(made.private_key_pem.bytes(), None)
        self._certificate = x509.load_pem_x509_certificate(made.cert_pem.bytes())
        self.path = folder / f"{name}.pem"
        made.cert_pem.write_to_path(str(self.path))
        self.server = folder / f"{name}-server.pem"
        made.issue_cert("localhost", "127.0.0.1").private_key_and_cert_chain_pem.write_to_path(
            str(self.server)
        )

    @property
    def settings(self) -> TlsSettings:
        """What a producer with the server's certificate and this authority is told."""
        return TlsSettings(certificate=self.server, key=self.server, authority=self.path)

    def issue(
        self,
        *serial_numbers: str,
        name: str = "caller",
        starts: dt.datetime = _NOW - _DAY,
        ends: dt.datetime = _NOW + _DAY,
        usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.CLIENT_AUTH,
        signed_by_itself: bool = False,
    ) -> Issued:
        """Issue a caller's certificate with these serialNumbers in its subject."""
        key = ec.generate_private_key(ec.SECP256R1())
        parts = [
            x509.NameAttribute(NameOID.SERIAL_NUMBER, one, _ASN1Type.UTF8String) for one in serial_numbers
        ]
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name), *parts])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if signed_by_itself else self._certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(starts)
            .not_valid_after(ends)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .sign(key if signed_by_itself else self._key, hashes.SHA256())  # type: ignore[arg-type]
        )
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        path = self._folder / f"{name}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + pem
        )
        return Issued(path=path, certificate=pem.decode())

    def expired(self) -> Issued:
        """Issue one that was valid until a minute ago."""
        ends = _NOW - dt.timedelta(minutes=1)
        return self.issue(CALLER, name="expired", starts=_NOW - 2 * _DAY, ends=ends)

    def not_yet_valid(self) -> Issued:
        """Issue one that becomes valid tomorrow."""
        return self.issue(CALLER, name="not-yet-valid", starts=_NOW + _DAY, ends=_NOW + 2 * _DAY)

    def trust(self, issued: Issued | None = None) -> ssl.SSLContext:
        """Return what a caller with a certificate, or none, connects with."""
        context = ssl.create_default_context(cafile=str(self.path))
        if issued is not None:
            context.load_cert_chain(issued.path)
        return context
