"""Words of what was deleted or changed are in no file of an SQLite database soon after."""

import pytest
from sqlalchemy import text

from services.ingest import tables
from services.ingest.forgetting import Forgetting
from services.ingest.removal import TeamRemoval
from services.ingest.store import received
from services.ingest.tables import sessions
from services.runtime.auth import TeamsCaller
from services.runtime.erasure import erase
from services.runtime.reach import NOBODY
from tests.services.ingest.bench import open_bench
from tests.support.builders import TEAM, make_report
from tests.support.waiting import eventually
from tests.support.word_index import stored_words

SECRET, KEPT = "zanzibar", "quokka"


@pytest.fixture
async def bench(tmp_path):
    async with open_bench(f"sqlite:///{tmp_path}/board.db", tmp_path) as bench:
        await bench.introduce()
        await bench.take(make_report(1, "gone", title=f"The {SECRET} plan"))
        await bench.take(make_report(2, "kept", title=f"A {KEPT}"))
        yield bench


async def words(bench):
    """Every word in the index's own pages, without the team's mark."""
    async with bench.database.read(NOBODY) as connection:
        pages = await connection.execute(text("SELECT id, block FROM session_search_data"))
        return {word[8:] for number, block in pages for word in stored_words(number, block)}


async def delete(bench, native_id="gone"):
    (mine,) = [row["id"] for row in await bench.rows(sessions) if row["native_id"] == native_id]
    actor = TeamsCaller.of({TEAM})
    async with bench.database.write(actor) as connection:
        await received.wipe_children(actor, connection, mine)


def files(bench):
    return b"".join(path.read_bytes() for path in bench.settings.data_dir.glob("board.db*"))


async def test_the_index_holds_deleted_words_until_the_round_takes_them(bench):
    await delete(bench)
    assert {SECRET, KEPT} <= await words(bench)
    await Forgetting(bench.database, bench.settings, bench.clock).once()
    left = await words(bench)
    assert SECRET not in left
    assert KEPT in left


async def test_words_that_a_session_has_no_more_go_too(bench):
    await bench.take(make_report(3, "gone", title="Another plan"))
    assert SECRET in await words(bench)
    await Forgetting(bench.database, bench.settings, bench.clock).once()
    assert SECRET not in await words(bench)
    assert {"another", "plan", KEPT} <= await words(bench)


async def test_no_file_has_them(bench):
    """Neither the index nor a row, a free page or the log beside the database."""
    assert SECRET.encode() in files(bench).lower()
    actor = TeamsCaller.of({TEAM})
    await TeamRemoval(bench.database, bench.outbox, bench.clock).delete_sessions(actor)
    async with bench.database.write(actor) as connection:
        await erase(actor, connection, tables.metadata, ())
    await Forgetting(bench.database, bench.settings, bench.clock).once()
    assert SECRET.encode() not in files(bench).lower()


async def test_a_log_that_is_being_read_is_emptied_later(bench):
    await delete(bench)
    forgetting = Forgetting(bench.database, bench.settings, bench.clock)
    log = bench.settings.data_dir / "board.db-wal"
    async with bench.database.read(NOBODY) as reader:
        await reader.execute(text("SELECT count(*) FROM sessions"))
        await forgetting.once()
        assert SECRET not in await words(bench)
        assert log.stat().st_size
    await forgetting.once()
    assert not log.stat().st_size


async def test_without_anything_gone_nothing_is_written(bench):
    forgetting = Forgetting(bench.database, bench.settings, bench.clock)
    await forgetting.once()
    await bench.take(make_report(4, "more", title="More"))
    before = await version(bench)
    await forgetting.once()
    assert await version(bench) == before


async def version(bench):
    async with bench.database.read(NOBODY) as connection:
        found = await connection.execute(text("SELECT id, block FROM session_search_data ORDER BY id"))
        return [tuple(row) for row in found]


async def test_it_goes_round_by_itself(bench):
    hasty = bench.settings.model_copy(update={"words_forget_seconds": 0.01})
    forgetting = Forgetting(bench.database, hasty, bench.clock)
    await forgetting.start()
    try:
        await eventually(lambda: nothing_due(bench))
        await delete(bench)

        async def gone():
            return SECRET not in await words(bench)

        await eventually(gone)
    finally:
        await forgetting.stop()


async def nothing_due(bench):
    async with bench.database.read(NOBODY) as connection:
        found = await connection.execute(text("SELECT count(*) FROM session_words_forgotten"))
        return not found.scalar_one()


async def test_postgresql_has_nothing_to_forget(postgres_url, tmp_path):
    async with open_bench(postgres_url, tmp_path) as bench:
        await bench.introduce()
        await bench.take(make_report(1, "gone", title=SECRET))
        await Forgetting(bench.database, bench.settings, bench.clock).once()
        await delete(bench)
        async with bench.database.read(TeamsCaller.of({TEAM})) as connection:
            assert (await connection.execute(text("SELECT words FROM session_words"))).all() == []
