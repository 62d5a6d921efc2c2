"""Where letters are handed over, read from a URL."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal, Self
from urllib.parse import unquote, urlsplit

Security = Literal["tls", "starttls", "none"]
SCHEMES: dict[str, tuple[Security, int]] = {
    "smtps": ("tls", 465),
    "smtp": ("starttls", 587),
    "smtp+plain": ("none", 25),
}


@dataclass(frozen=True, slots=True)
class MailServer:
    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, url: str, password: str | None = None) -> Self:
        """Read `smtps://` (TLS at once), `smtp://` (STARTTLS, always) or `smtp+plain://` (neither).

        A password given apart goes before the URL's. Raises ValueError, which never repeats the URL.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ValueError("SMTP_URL is no URL") from None
        if parts.scheme not in SCHEMES or not parts.hostname:
            raise ValueError("SMTP_URL must be smtps://HOST, smtp://HOST or smtp+plain://HOST")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError("SMTP_URL ends with the port; write other characters of a password as %XX")
        security, usual = SCHEMES[parts.scheme]
        user = unquote(parts.username) if parts.username else None
        secret = password or (unquote(parts.password) if parts.password else None)
        if (user is None) != (secret is None):
            raise ValueError("SMTP_URL: a user needs a password (there, or in SMTP_PASSWORD), and it a user")
        if security == "none" and user and not _is_here(parts.hostname):
            raise ValueError("SMTP_URL: smtp+plain:// would send the password in the clear: use smtp://")
        return cls(parts.hostname, port or usual, security, user, secret)


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
