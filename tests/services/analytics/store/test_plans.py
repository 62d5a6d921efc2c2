"""PostgreSQL finds an index for every question: none reads a table from end to end."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from services.analytics.answers import breakdown, person, team, trends
from services.analytics.answers import listing as answers
from services.analytics.answers.asked import Asked
from services.analytics.answers.trends import Wanted
from services.analytics.api.listing import KEYS, listing
from services.analytics.domain.period import make_period
from services.analytics.store.sources import Narrowing
from tests.services.analytics.bench import open_bench, reader, state_of
from tests.support.builders import ANNA, BEN, START, make_usage

pytestmark = pytest.mark.servers
CALLER = reader(ANNA)
NARROWINGS = (
    Narrowing(), Narrowing(user=(BEN,)), Narrowing(tag=("a",)), Narrowing(tag=("a", "b")),
    Narrowing(tool=("codex",), project=("shop",)), Narrowing(model=("m",), user=(ANNA,)),
)  # fmt: skip


async def questions(connection: Any, narrowing: Narrowing, zone: str) -> None:
    """Everything that the API asks of the tables."""
    period = make_period("2026-02-01", "2026-03-02", zone, START, weekends=zone == "UTC")
    asked = Asked(period, START, narrowing)
    await team.team(CALLER, connection, asked)
    await trends.trends(CALLER, connection, asked, Wanted(group_by="project"))
    await breakdown.breakdown(CALLER, connection, asked, "tag")
    await breakdown.options(CALLER, connection, asked)
    await person.person(CALLER, connection, asked, BEN)
    for sort in KEYS:
        await answers.page(CALLER, connection, listing(asked, f"-{sort}", 50))  # type: ignore[arg-type]


async def test_every_question_has_an_index(postgres_url: str, tmp_path: Any) -> None:
    known: dict[str, Any] = {}

    def remember(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        known[statement] = values

    async with open_bench(postgres_url, tmp_path) as bench:
        await bench.take(*(state_of([make_usage()], native_id=f"n{n}", user_id=BEN) for n in range(9)))
        await bench.roll_up()
        await bench.take(state_of([make_usage()], native_id="n0", version=2))
        async with bench.database.read(CALLER) as connection:
            # So small a table would be read whole: this tells whether it had to be.
            await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            event.listen(bench.database.engine.sync_engine, "before_cursor_execute", remember)
            for narrowing in NARROWINGS:
                for zone in ("UTC", "Asia/Kolkata"):
                    await questions(connection, narrowing, zone)
            event.remove(bench.database.engine.sync_engine, "before_cursor_execute", remember)
            asked = {sql: values for sql, values in known.items() if "analytics_" in sql or "team_m" in sql}
            assert len(asked) > 20
            whole = {
                (table, sql)
                for sql, values in asked.items()
                for table in read_whole(await plan(connection, sql, values))
            }
    assert whole == set()


async def plan(connection: Any, statement: str, values: Any) -> dict[str, Any]:
    found = (await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values)).scalar_one()
    return dict((json.loads(found) if isinstance(found, str) else found)[0]["Plan"])


def read_whole(node: dict[str, Any], *, again: bool = False) -> Iterator[str]:
    """The tables that are read without any condition that an index knows.

    What is read `again` for each of many rows has to be that row's own.
    """
    kind, found = node["Node Type"], node.get("Index Cond", "")
    again |= node.get("Subplan Name", "").startswith("SubPlan")
    by_index = kind in {"Index Scan", "Index Only Scan", "Bitmap Index Scan"}
    if kind == "Seq Scan" or (by_index and (not found or (again and "session_id" not in found))):
        yield node.get("Relation Name") or node.get("Index Name", "")
    for inner in node.get("Plans", ()):
        yield from read_whole(inner, again=again)
