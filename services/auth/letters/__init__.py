"""The letters of the auth service, each kind with what it is about."""

from collections.abc import Mapping

from services.runtime.db import Connection
from services.runtime.errors import Problem, conflict
from services.runtime.mail import Letter
from services.runtime.mail.post import Fate, Writer
from services.runtime.mail.queue import Order

INVITATION, RESET, CHANGED, NOTICES = "invitation", "reset", "password_changed", "notices"


class Letters:
    """Hands each order to the writer of its kind."""

    def __init__(self, writers: Mapping[str, Writer]) -> None:
        self._writers = writers

    async def compose(self, order: Order) -> Letter | None:
        return await self._writers[order.kind].compose(order)

    async def settle(self, connection: Connection, order: Order, fate: Fate) -> None:
        await self._writers[order.kind].settle(connection, order, fate)


def mail_off() -> Problem:
    """What is asked for needs mail, and this server sends none."""
    return conflict("mail_off", "This server sends no mail: SMTP_URL is not set.")
