"""News that waits: for everybody who hears the same, and for one who is behind."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.backlog import Backlog
from gateway.changes import GONE_BYTES, Changed, Gone, card_of
from gateway.pending import Notice, Pending, Waiting
from tests.gateway.stage import ANNA, make_session, session_id


def changed(n=0, version=1, *, created=False, ended=False):
    return Notice(
        Changed(card_of(make_session(n, version=version)), created=created, ended=ended), left=False
    )


def gone(n=0, version=1):
    return Notice(Gone(session_id(n), ANNA, version, deleted=False), left=True)


def take(pending, now, count=100, size=10**6):
    return pending.take(now, count=count, size=size)


def test_the_first_is_due_at_once_and_the_next_an_interval_after_it_was_taken():
    pending = Pending(1.0)
    pending.put(changed(), 1, 10.0)
    assert pending.next_due() == 10.0
    assert len(take(pending, 10.2)) == 1
    pending.put(changed(version=2), 2, 10.5)
    assert pending.next_due() == 11.2
    assert take(pending, 11.1) == []
    assert len(take(pending, 11.2)) == 1
    pending.put(changed(version=3), 3, 13.0)
    assert pending.next_due() == 13.0


def test_the_newest_wins_and_keeps_that_the_session_began_or_ended():
    pending = Pending(1.0)
    assert pending.put(changed(version=1, created=True), 1, 0.0)[1] is False
    assert pending.put(changed(version=2, ended=True), 2, 0.0)[1] is True
    assert pending.put(changed(version=3), 3, 0.0)[1] is True
    (waiting,) = take(pending, 0.0)
    assert waiting.notice.change.card.version == 3
    assert (waiting.created, waiting.ended, waiting.first) == (True, True, 1)


def test_without_an_interval_every_change_is_told_in_order():
    pending = Pending(0.0)
    for offset, version in enumerate((1, 2, 3)):
        assert pending.put(changed(version=version), offset, 0.0)[1] is False
    assert [waiting.notice.change.card.version for waiting in take(pending, 0.0)] == [1, 2, 3]


def test_what_is_withdrawn_stands_for_all_of_the_session():
    for interval in (0.0, 1.0):
        pending = Pending(interval)
        pending.put(changed(1, version=1, created=True), 1, 0.0)
        pending.put(changed(1, version=2), 2, 0.0)
        pending.put(changed(2), 3, 0.0)
        assert pending.withdraw(str(session_id(7))) is None
        waiting = pending.withdraw(str(session_id(1)))
        assert (waiting.notice.change.card.version, waiting.created) == (2, True)
        assert [one.notice.change.id for one in take(pending, 0.0)] == [str(session_id(2))]


def test_what_is_withheld_from_one_reader_is_answered_once_and_stays_for_the_others():
    pending = Pending(1.0)
    pending.put(changed(1, ended=True), 1, 0.0)
    assert pending.withhold(str(session_id(1)), "ben").ended is True
    assert pending.withhold(str(session_id(1)), "ben") is None
    (waiting,) = take(pending, 0.0)
    assert waiting.absent == {"ben"}


def test_what_is_unsent_begins_with_the_first_that_was_overtaken():
    pending = Pending(1.0)
    for offset, version in ((5, 1), (6, 2)):
        pending.put(changed(1, version), offset, 0.0)
    pending.put(changed(2), 7, 0.0)
    assert pending.first(9) == 5
    take(pending, 0.0, count=1)
    assert pending.first(9) == 7
    take(pending, 0.0)
    assert pending.first(9) == 10


def test_a_message_is_bounded_by_count_and_size_but_never_empty():
    pending = Pending(1.0)
    for n in range(5):
        pending.put(changed(n), n, 0.0)
    size = sum(waiting.size for waiting in pending) // 5
    assert len(take(pending, 0.0, count=2)) == 2
    assert len(take(pending, 0.0, size=1)) == 1
    assert len(take(pending, 0.0, size=2 * size + 10)) == 2
    assert len(pending) == 0


def put_by(backlog, owner, notice, offset, source=0):
    waiting = Waiting(notice, offset, 0.0)
    waiting.absorb(notice)
    return backlog.put(owner, waiting, source)


def test_subscriptions_of_a_backlog_do_not_overtake_each_other():
    backlog = Backlog()
    put_by(backlog, "a", changed(), 1)
    put_by(backlog, "b", changed(), 1)
    assert len(backlog) == 2
    assert backlog.drop("a") == 1
    assert [owner for owner, _ in backlog.take(count=9, size=9**9)] == ["b"]
    assert backlog.size == 0


def test_a_backlog_knows_what_is_unsent_of_each_source():
    backlog = Backlog()
    put_by(backlog, "a", changed(1), 5)
    assert put_by(backlog, "a", changed(1, 2), 6)
    put_by(backlog, "a", changed(2), 7)
    put_by(backlog, "a", changed(2, 2), 3, source=1)
    put_by(backlog, "b", changed(2), 1)
    assert (backlog.first("a", 0, 9), backlog.first("a", 1, 9)) == (5, 3)
    backlog.take(count=1, size=9**9)
    assert (backlog.first("a", 0, 9), backlog.first("a", 1, 9)) == (7, 3)
    assert backlog.first("c", 0, 9) == 10


STEPS = st.lists(
    st.tuples(st.sampled_from(["put", "gone", "take", "withdraw"]), st.integers(0, 3), st.booleans())
)


@given(STEPS)
def test_nothing_is_lost_early(steps):
    """Every session put is taken once with its newest news, never twice within an interval."""
    pending, expected, last = Pending(1.0), {}, {}
    for offset, (kind, n, flag) in enumerate(steps):
        now = offset * 0.3
        key = str(session_id(n))
        if kind in {"put", "gone"}:
            notice = gone(n, offset) if kind == "gone" else changed(n, offset, created=flag)
            pending.put(notice, offset, now)
            expected[key] = notice
        elif kind == "withdraw":
            waiting = pending.withdraw(key)
            assert expected.pop(key, None) == (waiting.notice if waiting else None)
        else:
            for waiting in pending.take(now, count=2, size=10**6):
                at = waiting.notice.change.id
                assert expected.pop(at) == waiting.notice
                assert now - last.get(at, -1.0) >= 1.0 - 1e-9
                last[at] = now
        assert len(pending) == len(expected)
    left = {waiting.notice.change.id for waiting in pending.take(9**9, count=99, size=9**9)}
    assert set(expected) == left


@given(STEPS)
def test_a_backlog_is_as_large_as_what_is_in_it(steps):
    backlog, expected = Backlog(), {}
    for offset, (kind, n, flag) in enumerate(steps):
        owner = "ab"[flag]
        key = (owner, str(session_id(n)))
        if kind in {"put", "gone"}:
            notice = gone(n, offset) if kind == "gone" else changed(n, offset)
            assert put_by(backlog, owner, notice, offset) is (key in expected)
            expected[key] = notice
        elif kind == "withdraw":
            backlog.drop(owner)
            expected = {at: notice for at, notice in expected.items() if at[0] != owner}
        else:
            for taker, held in backlog.take(count=2, size=10**6):
                assert expected.pop((taker, held.notice.change.id)) == held.notice
        assert backlog.size == sum(
            GONE_BYTES if isinstance(one.change, Gone) else one.change.card.size for one in expected.values()
        )
