"""Letters about what happened in a team, in the words of the service that tells of it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from services.auth.domain import letters
from services.auth.letters import NOTICES
from services.auth.store import letters as store
from services.auth.store import memberships, users
from services.contracts.letters import LETTER_ASKED, LetterAsked, LetterItem
from services.runtime.auth import ANONYMOUS
from services.runtime.bus import Message, Rejection, Transient
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database, is_transient
from services.runtime.mail import Letter
from services.runtime.mail.layout import letter
from services.runtime.mail.post import Fate, Post
from services.runtime.mail.queue import Order
from services.runtime.settings import Settings

REMEMBERED = timedelta(days=7)


class NoticeLetters:
    """To the address that the person has when it is written, while they are in the team."""

    def __init__(self, database: Database, public_url: str) -> None:
        self._database = database
        self._base = public_url.rstrip("/")

    async def compose(self, order: Order) -> Letter | None:
        user_id, team_id = UUID(order.details["user_id"]), UUID(order.details["team_id"])
        async with self._database.read(ANONYMOUS) as connection:
            known = await users.by_id(ANONYMOUS, connection, user_id)
            roles = await memberships.roles(ANONYMOUS, connection, user_id)
        if known is None or team_id not in roles:
            return None
        items = [LetterItem.model_validate(item) for item in order.details["items"]]
        return letter(known.email, letters.notices(items, self._base))

    async def settle(self, connection: Connection, order: Order, fate: Fate) -> None:
        """What it says stands in the app as well; what becomes of it changes nothing."""


class LetterConsumer:
    """What is asked twice is one letter. Where mail is off, nothing is written."""

    def __init__(self, database: Database, post: Post, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._post = post
        self._lives = timedelta(hours=settings.mail_hours)
        self._clock = clock

    async def handle(self, messages: Sequence[Message]) -> Sequence[Rejection | None]:
        """Handle one batch. Raises `Transient` when the database is in the way."""
        answers: list[Rejection | None] = [None] * len(messages)
        asked: list[LetterAsked] = []
        for index, message in enumerate(messages):
            if message.routing_key != LETTER_ASKED:
                continue
            try:
                asked.append(LetterAsked.model_validate_json(message.body))
            except ValidationError as error:
                answers[index] = Rejection("invalid", f"{error.error_count()} fields are wrong")
        if not self._post.is_on:
            return answers
        try:
            async with self._database.write(ANONYMOUS) as connection:
                for one in asked:
                    await self._add(connection, one)
        except Exception as error:
            if is_transient(error):
                raise Transient(type(error).__name__) from error
            raise
        self._post.wake()
        return answers

    async def _add(self, connection: Connection, asked: LetterAsked) -> None:
        now = self._clock.now()
        if not await store.hear(ANONYMOUS, connection, asked.event_id, now, now - REMEMBERED):
            return
        known = await users.by_id(ANONYMOUS, connection, asked.user_id)
        if known is None:
            return
        details: Mapping[str, Any] = asked.model_dump(mode="json", include={"user_id", "team_id", "items"})
        order = Order(NOTICES, str(asked.event_id), known.email, now + self._lives, details)
        await self._post.add(connection, order)
