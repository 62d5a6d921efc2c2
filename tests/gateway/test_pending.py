"""The coalescing map by itself."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.changes import GONE_BYTES, Changed, Gone, card_of
from gateway.pending import Pending
from gateway.view import Notice
from tests.gateway.stage import ANNA, make_session, session_id


def changed(n=0, version=1, *, created=False, ended=False):
    return Notice(
        Changed(card_of(make_session(n, version=version)), created=created, ended=ended), left=False
    )


def gone(n=0, version=1):
    return Notice(Gone(session_id(n), ANNA, version, deleted=False), left=True)


def take(pending, now, count=100, size=10**6):
    return [waiting for _, waiting in pending.take(now, count=count, size=size)]


def test_the_first_is_due_at_once_and_the_next_an_interval_after_it_was_taken():
    pending = Pending(1.0)
    pending.put("a", changed(), "t", 1, 10.0)
    assert pending.next_due() == 10.0
    assert len(take(pending, 10.2)) == 1
    pending.put("a", changed(version=2), "t", 2, 10.5)
    assert pending.next_due() == 11.2
    assert take(pending, 11.1) == []
    assert len(take(pending, 11.2)) == 1
    pending.put("a", changed(version=3), "t", 3, 13.0)
    assert pending.next_due() == 13.0


def test_the_newest_wins_and_keeps_that_the_session_began_or_ended():
    pending = Pending(1.0)
    assert pending.put("a", changed(version=1, created=True), "t", 1, 0.0) is not None
    assert pending.put("a", changed(version=2, ended=True), "t", 2, 0.0) is None
    assert pending.put("a", changed(version=3), "t", 3, 0.0) is None
    (waiting,) = take(pending, 0.0)
    assert waiting.notice.change.card.version == 3
    assert (waiting.created, waiting.ended) == (True, True)


def test_subscriptions_do_not_overtake_each_other():
    pending = Pending(1.0)
    pending.put("a", changed(), "t", 1, 0.0)
    pending.put("b", changed(), "t", 1, 0.0)
    assert len(pending) == 2
    assert pending.drop("a") == 1
    assert [owner for owner, _ in pending.take(0.0, count=9, size=9**9)] == ["b"]


def test_what_is_unsent_begins_with_the_first_that_was_overtaken():
    pending = Pending(1.0)
    for offset, version in ((5, 1), (6, 2)):
        pending.put("a", changed(1, version), "t", offset, 0.0)
    pending.put("a", changed(2), "t", 7, 0.0)
    pending.put("a", changed(2, 2), "u", 3, 0.0)
    pending.put("b", changed(2), "t", 1, 0.0)
    assert pending.unsent("a") == {"t": 5, "u": 3}
    pending.take(0.0, count=1, size=9**9)
    assert pending.unsent("a") == {"t": 7, "u": 3}


def test_a_message_is_bounded_by_count_and_size_but_never_empty():
    pending = Pending(1.0)
    for n in range(5):
        pending.put("a", changed(n), "t", n, 0.0)
    size = pending.size // 5
    assert len(take(pending, 0.0, count=2)) == 2
    assert len(take(pending, 0.0, size=1)) == 1
    assert len(take(pending, 0.0, size=2 * size + 10)) == 2
    assert pending.size == 0


def test_only_what_is_due_counts_as_behind():
    pending = Pending(1.0)
    pending.put("a", gone(1), "t", 1, 0.0)
    take(pending, 0.0)
    pending.put("a", gone(1, 2), "t", 2, 0.5)
    pending.put("a", gone(2), "t", 3, 0.5)
    assert pending.overdue(0.5) == (1, GONE_BYTES)
    assert pending.overdue(1.0) == (2, 2 * GONE_BYTES)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "gone", "take", "drop"]),
        st.integers(0, 3),
        st.sampled_from("ab"),
        st.booleans(),
    )
)


@given(STEPS)
def test_nothing_is_lost_early_or_counted_wrongly(steps):
    """Every session put is taken once with its newest news, never twice within an interval."""
    pending, expected, last = Pending(1.0), {}, {}
    for offset, (kind, n, owner, flag) in enumerate(steps):
        now = offset * 0.3
        key = (owner, str(session_id(n)))
        if kind in {"put", "gone"}:
            notice = gone(n, offset) if kind == "gone" else changed(n, offset, created=flag)
            pending.put(owner, notice, "t", offset, now)
            expected[key] = notice
        elif kind == "drop":
            pending.drop(owner)
            expected = {key: notice for key, notice in expected.items() if key[0] != owner}
            last = {key: at for key, at in last.items() if key[0] != owner}
        else:
            for taker, waiting in pending.take(now, count=2, size=10**6):
                at = (taker, waiting.notice.change.id)
                assert expected.pop(at) == waiting.notice
                assert now - last.get(at, -1.0) >= 1.0 - 1e-9
                last[at] = now
        assert len(pending) == len(expected)
        assert pending.size == sum(
            GONE_BYTES if isinstance(one.change, Gone) else one.change.card.size for one in expected.values()
        )
    assert set(expected) == {
        (owner, waiting.notice.change.id) for owner, waiting in pending.take(9**9, count=99, size=9**9)
    }
