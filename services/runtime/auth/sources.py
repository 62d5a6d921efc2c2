"""Where the public keys that access tokens are checked with come from."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

import httpx
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.runtime.auth.keys import read_public, thumbprint
from services.runtime.clock import Clock
from services.runtime.errors import unavailable
from services.runtime.settings import Settings

log = structlog.get_logger(__name__)
JWKS = "/api/auth/jwks.json"

PublicKeys = Mapping[str, Ed25519PublicKey]
"""Public keys by their ids."""


class KeySource(Protocol):
    async def key(self, kid: str) -> Ed25519PublicKey | None:
        """The key of that id, `None` when there is none. Raises `Problem` 503 while that cannot be known."""


class KeysAway(Exception):  # noqa: N818 - the keys known last stay in use
    """The keys cannot be read now."""


class KeptKeys:
    """Keys that are read when those kept are older than `keep_seconds`, or do not hold the id asked for.

    A new key is published for longer than that before it signs, so unknown ids are rare, and most of them
    made up: after `jwks_burst` reads they have the keys read once in `jwks_pause_seconds`. Askers share a
    read, but only one that began after they had asked: what an older one does not hold may have come since.
    While the keys cannot be read, those known last stay in use.
    """

    def __init__(
        self,
        read: Callable[[], Awaitable[PublicKeys]],
        clock: Clock,
        settings: Settings,
        *,
        keep_seconds: float,
    ) -> None:
        self._read = read
        self._clock = clock
        self._keep = keep_seconds
        self._pause = settings.jwks_pause_seconds
        self._burst = float(settings.jwks_burst)
        self._left = self._burst
        self._counted_at = 0.0
        self._keys: PublicKeys = {}
        self._read_at = 0.0
        self._reads = 0
        self._is_away = True
        self._lock = asyncio.Lock()

    async def key(self, kid: str) -> Ed25519PublicKey | None:
        reads, known = self._reads, kid in self._keys
        # Whoever has a key to go on with does not wait for another's read, which may take its time to fail.
        if self._is_wanting(kid) and not (known and self._lock.locked()):
            async with self._lock:
                if self._reads == reads and self._is_wanting(kid) and self._may_read():
                    await self._renew()
        if kid not in self._keys and self._is_away:
            raise unavailable("The keys to check access tokens with are not available.")
        return self._keys.get(kid)

    def _is_wanting(self, kid: str) -> bool:
        return kid not in self._keys or self._clock.monotonic() - self._read_at >= self._keep

    def _may_read(self) -> bool:
        now = self._clock.monotonic()
        self._left = min(self._burst, self._left + (now - self._counted_at) / self._pause)
        self._counted_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    async def _renew(self) -> None:
        self._reads += 1
        begun_at = self._clock.monotonic()
        try:
            self._keys, self._is_away = await self._read(), False
            self._read_at = begun_at
        except KeysAway as error:
            self._is_away = True
            log.warning("keys not read", error=str(error))


class PublishedKeys:
    """Reads the keys that the auth service publishes. Raises `KeysAway`."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def __call__(self) -> PublicKeys:
        try:
            response = await self._client.get(JWKS)
            response.raise_for_status()
            return _access_keys(response.json())
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise KeysAway(type(error).__name__) from error


def _access_keys(document: Any) -> PublicKeys:
    """Only keys made for access tokens count: what another key signed is no token."""
    keys = [read_public(entry["x"]) for entry in document["keys"] if entry.get("purpose") == "access"]
    return {thumbprint(key): key for key in keys}
