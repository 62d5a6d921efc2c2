"""What a spool survives: broken files, kills, other readers."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from llm_session_manager.sources import Cursor
from llm_session_manager.spool import tables
from llm_session_manager.spool.faults import SpoolBrokenError
from tests.agent.spools import balance, entry, opened, reports


def test_a_broken_file_is_set_aside_and_made_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "spool.db"
    path.write_bytes(b"this is no database" * 100)
    spool = opened(path)
    assert spool.record([entry("s1")], {}) == 1
    assert len(list(tmp_path.glob("spool.corrupt-*"))) == 1
    assert "damaged" in caplog.text
    spool.close()


def test_any_flipped_bit_is_noticed_or_harmless(tmp_path: Path) -> None:
    """Whatever bit flips on disk, a spool that opens says exactly what was written to it."""
    path = tmp_path / "spool.db"
    spool = opened(path)
    spool.record([entry(f"s{n}", f"e{n}", calls=n) for n in range(40)], {Path("a"): Cursor(7, "head", 12345)})
    spool.close()
    whole = path.read_bytes()
    expected = [(one.session, one.events) for one in reports(opened(path).outgoing("metadata"))]
    chance = random.Random(7)
    noticed = 0
    for _ in range(100):
        for old in tmp_path.glob("spool*"):
            old.unlink()
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        try:
            spool = opened(path)
            found = [(one.session, one.events) for one in reports(spool.outgoing("metadata"))]
            cursors = spool.cursors()
            spool.close()
        except SpoolBrokenError:
            noticed += 1
            continue
        if list(tmp_path.glob("spool.corrupt-*")):
            noticed += 1
            assert (found, cursors) == ([], {})
        else:
            assert found == expected
            assert cursors == {Path("a"): Cursor(7, "head", 12345)}
    assert noticed > 15


WRITER = """
import sys
from pathlib import Path
from llm_session_manager.sources import Cursor
from llm_session_manager.spool import tables
from llm_session_manager.spool.store import Entry, Spool
from tests.agent.transcripts import facts
spool = Spool(tables.open_file(Path(sys.argv[1])))
n = next(iter(spool.cursors().values())).offset if spool.cursors() else 0
while True:
    n += 1
    body = b'{"id":"e%d","at":"2026-11-22T07:30:00Z","kind":"tool"}' % n
    spool.record([Entry(facts("s1", tool_calls=n), [(f"e{n}", body)])], {Path("a"): Cursor(1, "h", n)})
    if n % 5 == 0:
        spool.settle(confirmed=spool.outgoing("metadata", limit=1)[:0])
    sys.stdout.write(f"{n}\\n")
    sys.stdout.flush()
"""


def test_a_kill_at_any_moment_leaves_cursors_facts_and_events_together(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    chance = random.Random(11)
    told = 0
    for _ in range(6):
        command = [sys.executable, "-c", WRITER, str(path)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as writer:
            assert writer.stdout is not None
            for _ in range(chance.randrange(1, 40)):
                told = int(writer.stdout.readline())
            writer.send_signal(signal.SIGKILL)
        spool = opened(path)
        offset = spool.cursors()[Path("a")].offset
        assert offset >= told, "what was written is there"
        sent = reports(spool.outgoing("metadata", limit=10_000, max_bytes=10**9))
        assert sent[-1].session.tool_calls == offset
        assert sorted(int(one.id[1:]) for report in sent for one in report.events) == [*range(1, offset + 1)]
        balance(spool)
        spool.close()
    assert not list(tmp_path.glob("spool.corrupt-*"))


def test_its_state_can_be_read_while_another_process_uses_it(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    spool = opened(path)
    spool.record([entry("s1", "e1")], {})
    state = tables.read_state(path)
    assert isinstance(state, tables.SpoolState)
    assert state.waiting == 2
    spool.close()
    path.write_bytes(b"rubbish")
    assert isinstance(tables.read_state(path), str)


def test_a_spool_of_another_format_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version=99")
    connection.close()
    opened(path).close()
    assert list(tmp_path.glob("spool.corrupt-*"))
