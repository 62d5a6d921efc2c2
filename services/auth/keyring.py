"""The keys that access tokens are signed with, one generation after the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.auth.domain.keys import Generation, published, signing
from services.auth.store import keys
from services.runtime.auth import ANONYMOUS
from services.runtime.auth.keys import SigningKey
from services.runtime.auth.sources import KeptKeys, KeysAway, PublicKeys
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database, is_transient
from services.runtime.settings import Settings


class Keyring:
    """Every replica makes the same keys; which of them count is what the database says at the moment.

    `make` makes the key of a generation. As a source of keys (`key`) it is at most `rights_cache_seconds`
    old.
    """

    def __init__(
        self, make: Callable[[int], SigningKey], database: Database, clock: Clock, settings: Settings
    ) -> None:
        self._make = make
        self._database = database
        self._clock = clock
        self._made: dict[int, SigningKey] = {}
        self._tokens_live = tokens_live(settings)
        self._kept = KeptKeys(self._public, clock, settings, keep_seconds=settings.rights_cache_seconds)

    async def key(self, kid: str) -> Ed25519PublicKey | None:
        return await self._kept.key(kid)

    async def signing(self, connection: Connection) -> SigningKey:
        """The key to sign with at this moment."""
        generations = await keys.generations(ANONYMOUS, connection)
        return self._key(signing(generations, self._clock.now()))

    async def published(self) -> Sequence[SigningKey]:
        """The keys whose signatures are believed at this moment."""
        async with self._database.read(ANONYMOUS) as connection:
            generations = await keys.generations(ANONYMOUS, connection)
        return [self._key(each) for each in published(generations, self._clock.now(), self._tokens_live)]

    async def _public(self) -> PublicKeys:
        try:
            return {key.kid: key.public for key in await self.published()}
        except Exception as error:
            if is_transient(error):
                raise KeysAway(type(error).__name__) from error
            raise

    def _key(self, generation: Generation) -> SigningKey:
        if generation.number not in self._made:
            self._made[generation.number] = self._make(generation.number)
        return self._made[generation.number]


@dataclass(frozen=True, slots=True)
class Seen:
    """A generation, and what becomes of it: `signs`, `waits`, `is believed`, `is past` or `is revoked`."""

    number: int
    since: datetime
    state: str


class KeyChange:
    """What an operator does with the keys; needs the database alone, not the secret they are made from."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._notice = timedelta(seconds=settings.jwks_cache_seconds + settings.key_margin_seconds)
        self._tokens_live = tokens_live(settings)

    async def rotate(self) -> Generation:
        """Begin a new generation. It signs only when nobody can have an older list of keys."""
        signs_from = self._clock.now() + self._notice
        async with self._database.write(ANONYMOUS) as connection:
            return Generation(await keys.add(ANONYMOUS, connection, signs_from), signs_from)

    async def revoke(self, number: int | None) -> int | None:
        """End a generation (`None`: the one that signs); answers its number, `None` where there is none.

        Where it was the one that signs, another does at once. What it signed is refused as soon as everybody
        has read the keys again.
        """
        now = self._clock.now()
        async with self._database.write(ANONYMOUS) as connection:
            signs = signing(await keys.generations(ANONYMOUS, connection), now).number
            ended = signs if number is None else number
            if not await keys.revoke(ANONYMOUS, connection, ended, now):
                return None
            if ended == signs:
                await keys.add(ANONYMOUS, connection, now)
            return ended

    async def seen(self) -> list[Seen]:
        """All generations, oldest first."""
        now = self._clock.now()
        async with self._database.read(ANONYMOUS) as connection:
            generations = await keys.generations(ANONYMOUS, connection)
        signs = signing(generations, now)
        believed = published(generations, now, self._tokens_live)
        return [
            Seen(each.number, each.signs_from, _state(each, signs, believed, now)) for each in generations
        ]


def tokens_live(settings: Settings) -> timedelta:
    """How long after its generation's end a token may still be used."""
    life = settings.access_token_seconds + settings.token_leeway_seconds
    return timedelta(seconds=life + settings.key_margin_seconds)


def _state(one: Generation, signs: Generation, believed: Sequence[Generation], now: datetime) -> str:
    if one.revoked_at is not None:
        return "is revoked"
    if one == signs:
        return "signs"
    if one.signs_from > now:
        return "waits"
    return "is believed" if one in believed else "is past"
