from pathlib import Path

import pytest

from llm_session_manager import protocol
from llm_session_manager.sources import Cursor
from llm_session_manager.spool import tables
from llm_session_manager.spool.faults import SpoolUnavailableError
from llm_session_manager.spool.store import Entry, Spool
from llm_session_manager.traces import pack_events, unpack_events
from tests.agent.spools import balance, entry, opened, reports
from tests.agent.transcripts import event, facts


def test_a_report_carries_the_facts_and_all_pending_events() -> None:
    spool = Spool(tables.open_memory())
    assert spool.record([entry("s1", "e1", "e2", calls=2)], {}) == 3
    (report,) = reports(spool.outgoing("metadata"))
    assert (report.epoch, report.tier, report.session) == (spool.epoch, "metadata", facts("s1", tool_calls=2))
    assert [one.id for one in report.events] == ["e1", "e2"]
    balance(spool)


def test_what_is_confirmed_leaves_and_nothing_else() -> None:
    spool = Spool(tables.open_memory())
    spool.record([entry("s1", "e1"), entry("s2", "e2")], {})
    first, _ = spool.outgoing("metadata")
    spool.settle(confirmed=[first])
    assert [report.session.native_id for report in reports(spool.outgoing("metadata"))] == ["s2"]
    assert spool.confirmed() == protocol.Position(epoch=first.epoch, n=first.n)
    balance(spool)


def test_facts_and_events_replaced_while_a_report_flies_stay() -> None:
    spool = Spool(tables.open_memory())
    spool.record([entry("s1", "e1", "e2", calls=1)], {})
    flying = spool.outgoing("metadata")
    spool.record([entry("s1", "e2", "e3", calls=2)], {})
    spool.settle(confirmed=flying)
    (report,) = reports(spool.outgoing("metadata"))
    assert report.session.tool_calls == 2
    assert [one.id for one in report.events] == ["e2", "e3"]
    assert report.n > flying[0].n
    balance(spool)


def test_unchanged_facts_are_skipped_also_after_they_were_sent(tmp_path: Path) -> None:
    spool = opened(tmp_path / "spool.db")
    spool.record([entry("s1", "e1")], {})
    spool.settle(confirmed=spool.outgoing("metadata"))
    spool.close()
    spool = opened(tmp_path / "spool.db")
    assert spool.record([entry("s1")], {}) == 0
    assert spool.outgoing("metadata") == []
    balance(spool)
    spool.close()


def test_new_events_of_unchanged_facts_are_sent_with_them() -> None:
    spool = Spool(tables.open_memory())
    spool.record([entry("s1")], {})
    spool.settle(confirmed=spool.outgoing("metadata"))
    assert spool.record([entry("s1", "late")], {}) == 1
    (report,) = reports(spool.outgoing("metadata"))
    assert [one.id for one in report.events] == ["late"]
    balance(spool)


def test_a_newer_state_replaces_an_unsent_one() -> None:
    spool = Spool(tables.open_memory())
    for calls in range(5):
        spool.record([entry("s1", calls=calls)], {})
    (report,) = reports(spool.outgoing("metadata"))
    assert report.session.tool_calls == 4
    assert spool.state().counters["superseded"] == 4
    balance(spool)


def test_many_events_go_out_in_reports_within_the_limits() -> None:
    spool = Spool(tables.open_memory())
    names = [f"e{n}" for n in range(protocol.EVENTS_PER_REPORT * 2 + 7)]
    spool.record([entry("s1", *names)], {})
    out = spool.outgoing("metadata")
    assert [len(one.events) for one in reports(out)] == [400, 400, 7]
    assert len({one.n for one in out}) == 3
    assert [one.id for report in reports(out) for one in report.events] == names
    spool.settle(confirmed=[out[2], out[0]])
    assert [len(one.events) for one in reports(spool.outgoing("metadata"))] == [400]
    balance(spool)


def test_reports_stay_below_their_size() -> None:
    spool = Spool(tables.open_memory())
    long = [event(f"e{n}", detail="x" * 500) for n in range(1000)]
    spool.record([Entry(facts(), unpack_events(pack_events(long)))], {})
    out = spool.outgoing("metadata", max_bytes=10**9)
    assert max(len(one.body) for one in out) <= protocol.REPORT_BYTES
    assert sum(len(one.events) for one in out) == 1000


def test_a_batch_is_bounded_but_never_empty() -> None:
    spool = Spool(tables.open_memory())
    spool.record([entry(f"s{n}") for n in range(10)], {})
    assert len(spool.outgoing("metadata", limit=3)) == 3
    assert len(spool.outgoing("metadata", max_bytes=1)) == 1
    without = spool.outgoing("metadata", limit=3, without=["claude-code:s0", "claude-code:s2"])
    assert [one.key[-2:] for one in without] == ["s1", "s3", "s4"]


def test_rejected_reports_leave_and_do_not_come_back() -> None:
    spool = Spool(tables.open_memory())
    spool.record([entry("s1", "e1")], {})
    spool.settle(rejected=spool.outgoing("metadata"))
    assert spool.record([entry("s1")], {}) == 0
    assert spool.waiting() == 0
    assert spool.confirmed() is None
    assert spool.state().counters["rejected"] == 2
    balance(spool)


def test_numbers_are_never_used_twice_also_after_a_crash(tmp_path: Path) -> None:
    used: list[int] = []
    for _ in range(3):
        spool = opened(tmp_path / "spool.db")
        spool.record([entry("s1", calls=len(used))], {})
        used += [one.n for one in spool.outgoing("metadata")]
        # No close: as after a kill, only what was committed is there.
        del spool
    assert used == sorted(set(used))


def test_cursors_are_written_with_their_facts(tmp_path: Path) -> None:
    spool = opened(tmp_path / "spool.db")
    at = {Path("/x/a.jsonl"): Cursor(2**63 + 5, "head", 17)}
    spool.record([entry("s1")], at)
    spool.close()
    spool = opened(tmp_path / "spool.db")
    assert spool.cursors() == at
    spool.close()


def test_a_failed_write_leaves_everything_as_it_was(tmp_path: Path) -> None:
    spool = opened(tmp_path / "spool.db")
    spool.record([entry("s1", "e1")], {Path("a"): Cursor(1, "h", 1)})
    with pytest.raises(ZeroDivisionError):
        spool.record((one for one in [entry("s2"), 1 / 0]), {Path("a"): Cursor(1, "h", 9)})
    assert spool.cursors() == {Path("a"): Cursor(1, "h", 1)}
    assert [one.key for one in spool.outgoing("metadata")] == ["claude-code:s1"]
    balance(spool)
    spool.close()


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """SQLite's own page limit says what a full disk says."""
    connection = tables.open_file(tmp_path / "spool.db")
    spool = Spool(connection)
    spool.record([entry("s1", "e1")], {Path("a"): Cursor(1, "h", 1)})
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages + 2}")
    big = Entry(facts("s2"), [(f"e{n}", b"x" * 5000) for n in range(50)])
    with pytest.raises(SpoolUnavailableError):
        spool.record([big], {Path("a"): Cursor(1, "h", 99)})
    assert spool.cursors() == {Path("a"): Cursor(1, "h", 1)}
    connection.execute("PRAGMA max_page_count=1000000")
    spool.record([big], {Path("a"): Cursor(1, "h", 99)})
    assert spool.waiting() == 53
    balance(spool)
    spool.close()


def test_forgetting_sends_all_anew() -> None:
    spool = Spool(tables.open_memory())
    spool.record([entry("s1", "e1")], {Path("a"): Cursor(1, "h", 1)})
    spool.settle(confirmed=spool.outgoing("metadata"))
    known = protocol.Position(epoch=1, n=1)
    assert spool.forget(known)
    assert spool.cursors() == {}
    assert spool.record([entry("s1", "e1")], {}) == 2
    assert not spool.forget(known), "a server that counts nothing is not sent everything again and again"
    assert spool.forget(None)
    assert spool.forget(None), "an empty server always gets everything"


def test_a_new_epoch_lies_above_all_others() -> None:
    spool = Spool(tables.open_memory(), now=lambda: 1000.0)
    spool.start_epoch(5000)
    assert spool.epoch == 5001
    spool.start_epoch(10)
    assert spool.epoch == 5002
    spool.record([entry("s1")], {})
    assert reports(spool.outgoing("metadata"))[0].epoch == 5002


def test_an_epoch_ahead_of_the_clock_can_be_left(tmp_path: Path) -> None:
    now = [5000.0]
    spool = Spool(tables.open_file(tmp_path / "spool.db"), now=lambda: now[0])
    assert not spool.restart_epoch()
    now[0] = 100.0
    assert spool.restart_epoch()
    assert spool.epoch == 100
    spool.close()


def test_another_tier_or_owner_empties_the_spool() -> None:
    """What was captured at a higher tier never leaves at a lower one."""
    spool = Spool(tables.open_memory())
    assert not spool.use_tier("content")
    spool.record([entry("s1", "e1")], {Path("a"): Cursor(1, "h", 1)})
    assert not spool.use_tier("content")
    assert spool.use_tier("counts")
    assert spool.outgoing("counts") == []
    assert spool.cursors() == {}
    balance(spool)
    assert not spool.use_owner("anna")
    spool.record([entry("s1", "e1")], {})
    assert spool.use_owner("ben")
    assert spool.waiting() == 0


def test_above_its_size_the_oldest_events_go_first(caplog: pytest.LogCaptureFixture) -> None:
    spool = Spool(tables.open_memory(), max_bytes=40_000)
    for n in range(30):
        spool.record([Entry(facts("s1", tool_calls=n), [(f"e{n:02}", b'"' + b"x" * 2000 + b'"')])], {})
    thinned = spool.state().counters["thinned"]
    assert thinned > 0
    assert "dropped" in caplog.text
    left = [name for one in spool.outgoing("metadata") for name, _ in one.events]
    assert left == [f"e{n:02}" for n in range(thinned, 30)]
    balance(spool)


def test_above_its_size_facts_go_last_and_come_back() -> None:
    spool = Spool(tables.open_memory(), max_bytes=3000)
    for n in range(20):
        spool.record([entry(f"s{n}")], {})
    assert spool.state().counters["thinned"] > 0
    assert spool.record([entry("s0")], {}) == 1, "its next reading writes it again"
    balance(spool)


def test_what_is_too_old_goes() -> None:
    now = [1_000_000.0]
    spool = Spool(tables.open_memory(), max_age=100.0, now=lambda: now[0])
    spool.record([entry("old", "e1")], {})
    now[0] += 10_000
    spool.record([entry("new", "e2")], {})
    assert [one.key for one in spool.outgoing("metadata")] == ["claude-code:new"]
    assert spool.state().counters["thinned"] == 2
    balance(spool)
