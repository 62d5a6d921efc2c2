"""Whether a page of some origin may open a socket here."""

from collections.abc import Collection
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def may_connect(origin: str | None, host: str | None, allowed: Collection[str]) -> bool:
    """Programs send no origin and may. A page's must be this very host's, or one of those allowed."""
    if origin is None or _plain(origin) in {_plain(one) for one in allowed}:
        return True
    address = _address(origin)
    return host is not None and address is not None and address == _host_address(origin, host)


def _plain(origin: str) -> str:
    return origin.strip().rstrip("/").lower()


def _host_address(origin: str, host: str) -> tuple[str, int] | None:
    # The scheme is not in the Host header: a port left out there is that of the page's scheme.
    return _address(f"{origin.partition('://')[0]}://{host}")


def _address(url: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme.lower())
    except ValueError:
        return None
    return (parts.hostname, port) if parts.hostname and port else None
