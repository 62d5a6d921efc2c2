"""Many deliveries are settled by one word to the broker, and none that is not meant."""

from hypothesis import given
from hypothesis import strategies as st

from services.runtime.bus.amqp.receipts import Ledger, Receipts


def opened(count):
    ledger = Ledger()
    for tag in range(1, count + 1):
        ledger.add(tag)
    return ledger


def test_one_stands_for_all_before_it():
    assert opened(5).settle([1, 2, 3]) == (3, [])


def test_what_comes_after_something_open_is_settled_by_itself():
    assert opened(5).settle([1, 2, 4, 5]) == (2, [4, 5])


def test_with_the_first_one_open_each_is_settled_by_itself():
    ledger = opened(3)
    assert ledger.settle([2, 3]) == (None, [2, 3])
    assert ledger.settle([1]) == (1, [])


def test_what_was_settled_before_stands_for_nothing():
    """The broker refuses a tag that it has been told of."""
    ledger = opened(4)
    ledger.settle([2])
    assert ledger.settle([1]) == (1, [])
    ledger.settle([4])
    assert ledger.settle([3]) == (3, [])


@given(st.permutations(range(1, 13)), st.lists(st.integers(1, 4), min_size=12, max_size=12))
def test_every_delivery_is_settled_once(order, sizes):
    ledger, told = opened(12), []
    for size in sizes:
        some, order = order[:size], order[size:]
        if some:
            whole, others = ledger.settle(some)
            before = [tag for tag in range(1, (whole or 0) + 1) if tag not in told]
            assert set(before) <= set(some)
            assert whole is None or whole in some
            told += [*before, *others]
    assert sorted(told) == list(range(1, 13))


class Channel:
    """Notes what it is told; `fails` like one that is dead."""

    def __init__(self, *, fails=False):
        self.is_closed = fails
        self.told = []

    async def basic_ack(self, tag, multiple=False):
        if self.is_closed:
            raise RuntimeError
        self.told.append(("ack", tag, multiple))

    async def basic_nack(self, tag, requeue):
        self.told.append(("nack", tag, requeue))


async def test_a_batch_is_one_word():
    channel = Channel()
    receipts = Receipts("queue", channel)
    for tag in range(1, 8):
        receipts.add(tag)
    await receipts.give_back(2)
    await receipts.done([1, 3, 4, 6])
    assert channel.told == [("nack", 2, True), ("ack", 4, True), ("ack", 6, False)]


async def test_a_dead_channel_is_no_error():
    receipts = Receipts("queue", Channel(fails=True))
    receipts.add(1)
    await receipts.done([1])
    assert receipts.is_void
