from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from llm_session_manager import protocol
from llm_session_manager.collector import Collector
from llm_session_manager.redact import Redaction
from llm_session_manager.sources import Cursor
from llm_session_manager.spool import tables
from llm_session_manager.spool.store import Spool
from llm_session_manager.status import Evidence
from llm_session_manager.traces import Trace
from tests.agent.transcripts import AT, LineSource, append


class Witness:
    """Says of every session what it was told to say."""

    def __init__(self, says: Evidence) -> None:
        self.says = says

    def look(self, sessions: Mapping[str, Trace]) -> Mapping[str, Evidence]:
        return dict.fromkeys(sessions, self.says)


class Rig:
    """A collector over one folder of lines, whose clock stands still until it is moved."""

    def __init__(self, folder: Path, says: Evidence | None = None, spool: Spool | None = None) -> None:
        self.folder = folder
        self.now = AT + timedelta(seconds=1)
        self.witness = Witness(says or Evidence("gone"))
        self.connection = tables.open_memory()
        self.spool = spool or Spool(self.connection)
        self.opened: list[Mapping[Path, Cursor]] = []
        self.collector = Collector(
            self.open,
            self.spool,
            self.witness,
            Redaction("metadata"),
            hostname="box",
            header_bytes=100_000,
            now=lambda: self.now,
        )

    def open(self, cursors: Mapping[Path, Cursor]) -> list[LineSource]:
        self.opened.append(cursors)
        return [LineSource(self.folder, cursors)]

    def sent(self) -> list[protocol.Report]:
        """What waits, as reports; all of it is taken."""
        out = self.spool.outgoing("metadata")
        self.spool.settle(confirmed=out)
        return [protocol.Report.model_validate_json(one.body) for one in out]

    def statuses(self) -> list[tuple[str, str | None]]:
        return [(one.session.status, one.session.status_reason) for one in self.sent()]


def test_everything_found_is_spooled_once(tmp_path: Path) -> None:
    append(tmp_path / "s1.jsonl", "a", "b")
    rig = Rig(tmp_path)
    assert rig.collector.refresh() == 3
    (report,) = rig.sent()
    assert (report.session.hostname, report.session.tool_calls) == ("box", 2)
    assert [one.id for one in report.events] == ["a", "b"]
    assert rig.collector.refresh() == 0
    append(tmp_path / "s1.jsonl", "c")
    assert rig.collector.refresh([tmp_path / "s1.jsonl"]) == 2
    assert [one.id for one in rig.sent()[0].events] == ["c"]


def test_a_restart_spools_nothing_that_is_unchanged(tmp_path: Path) -> None:
    append(tmp_path / "s1.jsonl", "a")
    first = Rig(tmp_path)
    first.collector.refresh()
    first.sent()
    second = Rig(tmp_path, spool=first.spool)
    assert second.collector.refresh() == 0
    assert second.sent() == []


def test_a_process_that_vanishes_ends_its_session_without_a_change_in_a_file(tmp_path: Path) -> None:
    append(tmp_path / "s1.jsonl", "a")
    rig = Rig(tmp_path, Evidence("running"))
    rig.collector.refresh()
    assert rig.statuses() == [("waiting", "turn finished")]
    assert rig.collector.reconsider() == 0
    rig.now += timedelta(minutes=10)
    assert rig.collector.reconsider() == 1
    assert rig.statuses() == [("idle", "turn finished")]
    rig.witness.says = Evidence("gone")
    rig.collector.reconsider()
    (report,) = rig.sent()
    assert (report.session.status, report.session.ended_at, report.events) == ("ended", AT, ())


def test_a_session_that_grows_without_a_process_here_lives_elsewhere(tmp_path: Path) -> None:
    append(tmp_path / "s1.jsonl", "a")
    rig = Rig(tmp_path)
    rig.collector.refresh()
    assert rig.statuses() == [("ended", None)]
    rig.now += timedelta(days=3)
    append(tmp_path / "s1.jsonl", "b")
    rig.collector.refresh()
    assert rig.statuses() == [("waiting", "turn finished")]
    rig.now += timedelta(hours=1)
    rig.collector.reconsider()
    (report,) = rig.sent()
    assert (report.session.status, report.session.ended_at) == ("ended", AT)


def test_a_session_whose_process_was_here_ends_with_it_also_while_it_grows(tmp_path: Path) -> None:
    append(tmp_path / "s1.jsonl", "a")
    rig = Rig(tmp_path, Evidence("running"))
    rig.collector.refresh()
    append(tmp_path / "s1.jsonl", "b")
    rig.witness.says = Evidence("gone")
    rig.collector.refresh()
    assert rig.statuses() == [("ended", None)]


def test_what_could_not_be_written_is_read_again(tmp_path: Path) -> None:
    append(tmp_path / "s1.jsonl", "a")
    rig = Rig(tmp_path)
    rig.collector.refresh()
    rig.sent()
    known = rig.spool.cursors()
    append(tmp_path / "s1.jsonl", *(f"b{n}" for n in range(400)))
    pages = rig.connection.execute("PRAGMA page_count").fetchone()[0]
    rig.connection.execute(f"PRAGMA max_page_count={pages}")
    assert rig.collector.refresh() == 0
    assert rig.sent() == []
    assert rig.collector.reconsider() == 0
    rig.connection.execute("PRAGMA max_page_count=1000000")
    assert rig.collector.refresh([]) == 401
    assert rig.opened[-1] == known
    assert sorted(one.id for report in rig.sent() for one in report.events) == sorted(
        f"b{n}" for n in range(400)
    )


def test_resetting_reads_all_from_what_the_spool_knows(tmp_path: Path) -> None:
    append(tmp_path / "s1.jsonl", "a")
    rig = Rig(tmp_path)
    rig.collector.refresh()
    rig.sent()
    rig.spool.forget(None)
    assert rig.collector.reset() == 2
    assert [one.id for one in rig.sent()[0].events] == ["a"]


def test_sessions_are_told_as_they_would_be_sent(tmp_path: Path) -> None:
    append(tmp_path / "s1.jsonl", "a")
    rig = Rig(tmp_path, Evidence("running", "busy"))
    rig.collector.refresh()
    (told,) = rig.collector.sessions()
    assert (told.status, told.status_source) == ("active", "registry")
    assert rig.collector.folders() == [tmp_path]
    assert rig.collector.problems() == []
