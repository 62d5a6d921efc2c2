"""Where the public keys that access tokens are checked with come from."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import httpx
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.runtime.auth.keys import read_public, thumbprint
from services.runtime.clock import Clock
from services.runtime.errors import unavailable

log = structlog.get_logger(__name__)
JWKS = "/api/auth/jwks.json"


class KeySource(Protocol):
    async def key(self, kid: str) -> Ed25519PublicKey | None:
        """The key of that id, `None` when there is none. Raises `Problem` 503 while none are known."""


class FixedKeys:
    """Keys that are known from the start."""

    def __init__(self, keys: Iterable[Ed25519PublicKey]) -> None:
        self._keys = {thumbprint(key): key for key in keys}

    async def key(self, kid: str) -> Ed25519PublicKey | None:
        return self._keys.get(kid)


class HttpKeys:
    """The auth service's published keys, fetched when they are older than `keep_seconds`.

    An unknown id fetches them again, at most once in `pause_seconds`; many askers share one fetch. While
    the auth service cannot be reached, the keys known last stay in use.
    """

    def __init__(
        self, client: httpx.AsyncClient, clock: Clock, *, keep_seconds: float, pause_seconds: float
    ) -> None:
        self._client = client
        self._clock = clock
        self._keep = keep_seconds
        self._pause = pause_seconds
        self._keys: Mapping[str, Ed25519PublicKey] | None = None
        self._fetched_at = 0.0
        self._tried_at: float | None = None
        self._lock = asyncio.Lock()

    async def key(self, kid: str) -> Ed25519PublicKey | None:
        known = self._keys is not None and kid in self._keys
        # Whoever has a key to go on with does not wait for another's fetch, which may take its time to fail.
        if self._wanting(kid) and not (known and self._lock.locked()):
            async with self._lock:
                if self._wanting(kid):
                    await self._fetch()
        if self._keys is None:
            raise unavailable("The keys to check access tokens with are not available.")
        return self._keys.get(kid)

    def _wanting(self, kid: str) -> bool:
        now = self._clock.monotonic()
        if self._tried_at is not None and now - self._tried_at < self._pause:
            return False
        return self._keys is None or kid not in self._keys or now - self._fetched_at >= self._keep

    async def _fetch(self) -> None:
        try:
            response = await self._client.get(JWKS)
            response.raise_for_status()
            self._keys = _access_keys(response.json())
            self._fetched_at = self._clock.monotonic()
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            log.warning("keys not fetched", error=type(error).__name__)
        finally:
            self._tried_at = self._clock.monotonic()


def _access_keys(document: Any) -> Mapping[str, Ed25519PublicKey]:
    """Only keys made for access tokens count: what another key signed is no token."""
    keys = [read_public(entry["x"]) for entry in document["keys"] if entry.get("purpose") == "access"]
    return {thumbprint(key): key for key in keys}
