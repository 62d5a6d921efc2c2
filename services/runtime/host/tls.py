"""A certificate of our own, for a server beyond loopback that nobody has certified."""

import ipaddress
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID = timedelta(days=825)
AUTHORITY = "authority.pem"
CERTIFICATE = "server.pem"
KEY = "server.key"


def own_certificate(folder: Path, host: str) -> tuple[Path, Path]:
    """Give certificate and key files; made, with their authority, at the first call or when they expire soon.

    `authority.pem` is what agents are given with `--ca-file`. The authority's own key is not kept.
    """
    certificate, key = folder / CERTIFICATE, folder / KEY
    if not (certificate.exists() and key.exists() and _is_fresh(certificate, host)):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(folder, host)
    return certificate, key


def fingerprint(authority: Path) -> str:
    """Give the SHA-256 of an authority's certificate, as people compare it."""
    loaded = x509.load_pem_x509_certificate(authority.read_bytes())
    return loaded.fingerprint(hashes.SHA256()).hex(":").upper()


def _is_fresh(path: Path, host: str) -> bool:
    loaded = x509.load_pem_x509_certificate(path.read_bytes())
    names = loaded.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    soon = datetime.now(UTC) + timedelta(days=30)
    return loaded.not_valid_after_utc > soon and all(name in names for name in _names(host))


def _make(folder: Path, host: str) -> None:
    authority_key, server_key = (
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Team Dashboard authority")])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Team Dashboard")])
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    authority = (
        _builder(issuer, issuer, authority_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    server = (
        _builder(subject, issuer, server_key.public_key())
        .add_extension(x509.SubjectAlternativeName(_names(host)), critical=False)
        .add_extension(usage, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / AUTHORITY).write_bytes(authority.public_bytes(pem))
    (folder / CERTIFICATE).write_bytes(server.public_bytes(pem) + authority.public_bytes(pem))
    _write_secret(
        folder / KEY,
        server_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + VALID)
    )


def _names(host: str) -> list[x509.GeneralName]:
    plain = {host, "localhost", "127.0.0.1", socket.gethostname()} - {"0.0.0.0", "::", ""}  # noqa: S104
    return [_name(each) for each in sorted(plain)]


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _write_secret(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
