"""Where a webhook may point."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from services.insight.domain.preferences import WebhookKind

PORTS = frozenset({443, 8443})
CHARACTERS = 2_000


class TargetError(ValueError):
    """Says in a sentence why it is none; it never repeats the address."""


@dataclass(frozen=True, slots=True)
class Target:
    """A receiver. `path` has its query; `secure` is TLS."""

    host: str
    port: int
    path: str
    secure: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """Hosts by kind of webhook, `.example.com` for all below it; a kind without any may point anywhere.

    `loopback`: this machine's own receivers are allowed, too, on any port and without TLS. For tests.
    """

    hosts: Mapping[WebhookKind, Collection[str]]
    loopback: bool = False


def read_target(url: str, kind: WebhookKind, rules: Rules) -> Target:
    """Read an address as a webhook of this kind may have it. Raises `TargetError`."""
    if len(url) > CHARACTERS or not url.isascii() or not url.isprintable() or " " in url:
        raise TargetError("This is no address: paste it as the receiver gave it.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise TargetError("This is no address: paste it as the receiver gave it.") from None
    host = (parts.hostname or "").rstrip(".")
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        raise TargetError("The address is https://host/path, without a user, a password or a fragment.")
    target = Target(
        host,
        port or (443 if parts.scheme == "https" else 80),
        (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        parts.scheme == "https",
    )
    if not (rules.loopback and parts.scheme in {"http", "https"} and _is_here(host)):
        _check(target, kind, rules)
    return target


def _check(target: Target, kind: WebhookKind, rules: Rules) -> None:
    if not target.secure:
        raise TargetError("The address must begin with https://.")
    if target.port not in PORTS:
        raise TargetError("The port must be 443 or 8443.")
    allowed = rules.hosts.get(kind, ())
    if allowed and not any(_matches(target.host, each) for each in allowed):
        raise TargetError(f"Addresses of this kind are at {' or '.join(sorted(allowed))}.")


def _matches(host: str, allowed: str) -> bool:
    return host.endswith(allowed) if allowed.startswith(".") else host == allowed


def _is_here(host: str) -> bool:
    return host in {"127.0.0.1", "::1", "localhost"}
