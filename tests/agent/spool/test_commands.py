"""What was begun stays begun, whatever becomes of the agent."""

import sqlite3
from pathlib import Path

from llm_session_manager import protocol
from llm_session_manager.spool import tables
from llm_session_manager.spool.commands import KEPT_SECONDS
from llm_session_manager.spool.store import Spool
from tests.agent.spools import entry, opened


def test_a_command_is_begun_once(tmp_path: Path) -> None:
    spool = opened(tmp_path / "spool.db")
    assert [spool.commands.begin("a"), spool.commands.begin("a"), spool.commands.begin("b")] == [
        True,
        False,
        True,
    ]
    spool.close()
    again = opened(tmp_path / "spool.db").commands
    assert not again.begin("a")
    assert [one.id for one in again.unfinished()] == ["a", "b"]


def test_an_answer_waits_until_it_was_told() -> None:
    book = Spool(tables.open_memory()).commands
    book.begin("a")
    assert book.untold() == []
    book.finish("a", b"{}")
    assert [(one.id, one.answer) for one in book.untold()] == [("a", b"{}")]
    assert book.unfinished() == []
    book.told("a")
    assert (book.untold(), book.unfinished(), book.begin("a")) == ([], [], False)


def test_a_command_is_forgotten_long_after_it_could_come_again() -> None:
    now = [1000.0]
    book = Spool(tables.open_memory(), now=lambda: now[0]).commands
    for name in ("told", "untold"):
        book.begin(name)
        book.finish(name, b"{}")
    book.told("told")
    now[0] += KEPT_SECONDS + 1
    book.begin("another")
    assert (book.find("told"), book.find("untold") is None) == (None, False)


def test_the_first_key_stays_and_so_does_the_claim(tmp_path: Path) -> None:
    first = opened(tmp_path / "spool.db")
    assert (first.commands.pin("key 1"), first.commands.pin("key 2")) == ("key 1", "key 1")
    claim = first.commands.claim()
    first.use_owner("somebody")
    first.use_owner("somebody else")
    first.forget(None)
    first.close()
    again = opened(tmp_path / "spool.db").commands
    assert (again.pin("key 2"), again.claim()) == ("key 1", claim)


def test_a_spool_of_an_earlier_version_is_carried_over(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    spool = opened(path)
    spool.record([entry("s1", "e1")], {})
    spool.close()
    older = sqlite3.connect(path, isolation_level=None)
    older.executescript("DROP TABLE commands; PRAGMA user_version=1;")
    older.close()
    again = opened(path)
    assert [one.key for one in again.outgoing("metadata")] == ["claude-code:s1"]
    assert again.commands.begin("a")
    assert list(tmp_path.glob("spool.corrupt-*")) == []


def test_a_damaged_row_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    spool = opened(path)
    spool.commands.begin("a")
    spool.close()
    by_hand = sqlite3.connect(path, isolation_level=None)
    by_hand.execute("UPDATE commands SET id='b'")
    by_hand.close()
    opened(path).close()
    assert len(list(tmp_path.glob("spool.corrupt-*"))) == 1


def test_a_session_is_told_again_though_it_be_the_same() -> None:
    spool = Spool(tables.open_memory())
    spool.record([entry("s1")], {})
    spool.settle(confirmed=spool.outgoing("metadata"))
    assert not spool.is_waiting("claude-code:s1")
    assert spool.record([entry("s1")], {}) == 0
    spool.renew("claude-code:s1")
    assert spool.record([entry("s1")], {}) == 1
    assert spool.is_waiting("claude-code:s1")
    (report,) = spool.outgoing("metadata")
    assert protocol.Report.model_validate_json(report.body).session.native_id == "s1"
