"""What waits in the table is sent: at once, again after a failure, and by whoever comes after a crash."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import MetaData, select

from services.runtime.db import open_database
from services.runtime.mail import Letter, UndeliveredError
from services.runtime.mail.post import LATE, Post
from services.runtime.mail.queue import Order, Queue, mail_table
from services.runtime.metrics import Metrics
from services.runtime.reach import NOBODY
from services.runtime.settings import Settings
from tests.services.runtime.fanout.stage import SteppedClock
from tests.support.waiting import eventually

AWAY = UndeliveredError("The mail server cannot be reached.")
REFUSED = UndeliveredError("Refused.", final=True)
metadata = MetaData()
table = mail_table(metadata, "test")


class Mailbox:
    """Takes letters, or does what `then` says first."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.then: list[Exception] = []
        self.hold: asyncio.Event | None = None
        self.begun = asyncio.Event()

    async def send(self, letter: Letter) -> None:
        self.begun.set()
        if self.hold is not None:
            await self.hold.wait()
        if self.then:
            raise self.then.pop(0)
        self.letters.append(letter)

    @property
    def subjects(self) -> list[str]:
        return [letter.subject for letter in self.letters]


class Clerk:
    """Writes each letter anew, numbered, and keeps what became of it."""

    def __init__(self) -> None:
        self.written = 0
        self.fates: list[tuple[str, str, str | None]] = []
        self.silent = False

    async def compose(self, order: Order) -> Letter | None:
        self.written += 1
        return None if self.silent else Letter(order.address, f"{order.about} {self.written}", "t", "h")

    async def settle(self, connection, order, fate) -> None:
        self.fates.append((order.about, fate.state, fate.reason))


class Office:
    def __init__(self, database, clock) -> None:
        self.database = database
        self.clock = clock
        self.mailbox, self.clerk = Mailbox(), Clerk()
        self.settings = Settings(mail_poll_seconds=0.02, outbox_stop_seconds=0.5)

    @asynccontextmanager
    async def opened(self, mailer="own"):
        mailer = self.mailbox if mailer == "own" else mailer
        post = Post(
            self.database, Queue(table), mailer, self.clerk, self.clock, Metrics(), self.settings
        )  # fmt: skip
        await post.start()
        try:
            yield post
        finally:
            await post.stop()

    async def add(self, post, about="one", hours=24.0):
        until = self.clock.now() + timedelta(hours=hours)
        async with self.database.write(NOBODY) as connection:
            await post.add(connection, Order("note", about, "ben@example.com", until, {}))
        post.wake()

    async def rows(self):
        async with self.database.read(NOBODY) as connection:
            found = await connection.execute(select(table).order_by(table.c.added_at))
            return [(row.about, row.attempts, row.due_at - self.clock.now()) for row in found]


@pytest.fixture
async def office(database_url):
    database = open_database(database_url, Settings())
    async with database.write(NOBODY) as connection:
        await connection.run_sync(metadata.create_all)
    yield Office(database, SteppedClock())
    await database.close()


async def test_a_letter_goes_out_and_its_row_with_it(office):
    async with office.opened() as post:
        await office.add(post)
        await eventually(lambda: office.clerk.fates == [("one", "sent", None)])
    assert office.mailbox.subjects == ["one 1"]
    assert await office.rows() == []


async def test_what_is_rolled_back_is_never_sent(office):
    async with office.opened() as post:
        with pytest.raises(ZeroDivisionError):
            await _added_in_vain(office, post)
        await office.add(post, "after")
        await eventually(lambda: office.mailbox.subjects == ["after 1"])


async def _added_in_vain(office, post):
    async with office.database.write(NOBODY) as connection:
        until = office.clock.now() + timedelta(1)
        await post.add(connection, Order("note", "never", "ben@example.com", until, {}))
        raise ZeroDivisionError


async def test_a_failure_is_told_and_tried_again_later_each_time(office):
    office.mailbox.then = [AWAY, AWAY, AWAY]
    async with office.opened() as post:
        await office.add(post)
        for failures, pause in enumerate((5, 10, 20), start=1):
            await put_off(office, failures, pause)
            assert office.clerk.fates[-1] == ("one", "queued", AWAY.reason)
            office.clock.elapsed += pause
        await eventually(lambda: office.clerk.fates[-1] == ("one", "sent", None))
    assert office.mailbox.subjects == ["one 4"]


async def put_off(office, attempts, seconds):
    """Wait until the attempt is over and its row says when the next one is."""

    async def is_so():
        return await office.rows() == [("one", attempts, timedelta(seconds=seconds))]

    await eventually(is_so)


async def test_the_pause_has_an_end(office):
    office.settings.mail_retry_max_seconds = 7.0
    office.mailbox.then = [AWAY, AWAY]
    async with office.opened() as post:
        await office.add(post)
        await put_off(office, 1, 5)
        office.clock.elapsed += 5
        await put_off(office, 2, 7)


async def test_a_refusal_is_final(office):
    office.mailbox.then = [REFUSED]
    async with office.opened() as post:
        await office.add(post)
        await eventually(lambda: office.clerk.fates == [("one", "failed", "Refused.")])
    assert await office.rows() == []


async def test_what_cannot_be_in_time_is_given_up_with_the_last_reason(office):
    office.mailbox.then = [AWAY]
    async with office.opened() as post:
        await office.add(post, hours=5 / 3600)
        await eventually(lambda: office.clerk.fates == [("one", "failed", AWAY.reason)])


async def test_what_is_late_is_not_even_written(office):
    async with office.opened(mailer=None) as post:
        assert not post.is_on
        await office.add(post, hours=1)
    office.clock.elapsed += 3600
    async with office.opened():
        await eventually(lambda: office.clerk.fates == [("one", "failed", LATE)])
    assert office.clerk.written == 0


async def test_what_is_addressed_to_nobody_is_dropped(office):
    office.clerk.silent = True
    async with office.opened() as post:
        await office.add(post)
        await eventually(lambda: office.clerk.written == 1)
        await eventually(lambda: _empty(office))
    assert (office.clerk.fates, office.mailbox.letters) == ([], [])


async def _empty(office):
    return await office.rows() == []


async def test_one_that_fails_holds_up_no_other(office):
    office.mailbox.then = [AWAY]
    async with office.opened() as post:
        await office.add(post, "first")
        await eventually(lambda: len(office.clerk.fates) == 1)
        await office.add(post, "second")
        await eventually(lambda: office.mailbox.subjects == ["second 2"])


async def test_after_a_crash_another_sends_it(office):
    """The process ends in the middle of a letter; once its lease is over, the next one takes it up."""
    office.mailbox.hold = asyncio.Event()
    async with office.opened() as post:
        await office.add(post)
        await office.mailbox.begun.wait()
        assert await office.rows() == [("one", 1, timedelta(seconds=office.settings.mail_lease_seconds))]
    assert office.clerk.fates == []
    office.mailbox.hold = None
    office.clock.elapsed += office.settings.mail_lease_seconds
    async with office.opened():
        await eventually(lambda: office.mailbox.subjects == ["one 2"])
    assert await office.rows() == []


async def test_a_letter_in_hand_is_finished_before_the_end(office):
    office.mailbox.hold = asyncio.Event()
    async with office.opened() as post:
        await office.add(post)
        await office.mailbox.begun.wait()
        asyncio.get_running_loop().call_later(0.05, office.mailbox.hold.set)
    assert office.clerk.fates == [("one", "sent", None)]


async def test_of_many_processes_one_sends_each(office):
    async with office.opened() as one, office.opened() as two:
        await asyncio.gather(*(office.add(one if n % 2 else two, f"about {n}") for n in range(20)))
        await eventually(lambda: len(office.mailbox.letters) >= 20)
        await eventually(lambda: _empty(office))
    assert len({letter.subject.rpartition(" ")[0] for letter in office.mailbox.letters}) == 20
    assert len(office.mailbox.letters) == 20


async def test_what_is_taken_back_is_not_sent_and_not_told_of(office):
    office.mailbox.hold = asyncio.Event()
    async with office.opened() as post:
        await office.add(post, "in hand")
        await office.mailbox.begun.wait()
        async with office.database.write(NOBODY) as connection:
            await post.drop(connection, "note", "in hand")
        office.mailbox.hold.set()
        await office.add(post, "other")
        await eventually(lambda: office.clerk.fates == [("other", "sent", None)])
