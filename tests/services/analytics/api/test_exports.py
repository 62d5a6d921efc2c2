"""A Parquet file is the list with its types, and the audit log knows who took a file."""

import duckdb
import pytest

from tests.support.builders import after, make_usage
from tests.support.waiting import eventually


async def test_parquet_is_the_list_with_its_types(office, tmp_path):
    anna = office.team.anna
    await office.tell(anna, "a", [make_usage(input=10)], title="=1+1", tags=["x", "y"], errors=2)
    await office.tell(
        anna, "b", [], health=None, title=None, tags=[], started_at=after(hours=-1), errors=None
    )
    answer = await office.ask(anna, "export", format="parquet", sort="-tokens")
    assert answer.headers["content-type"] == "application/vnd.apache.parquet"
    file = tmp_path / "sessions.parquet"
    file.write_bytes(answer.content)
    found = duckdb.sql(f"SELECT * EXCLUDE (started_at, last_activity_at) FROM '{file}'")
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    listed = (await office.told_to(anna, "sessions"))["items"]
    assert [row["id"] for row in rows] == [one["id"] for one in listed]
    first, second = rows
    assert (first["title"], first["tags"], first["tokens_input"]) == ("=1+1", ["x", "y"], 10)
    assert (second["title"], second["tags"], second["errors"], second["health_score"]) == (
        None,
        [],
        None,
        None,
    )
    assert first["cost_usd"] == listed[0]["cost_usd"]
    kinds = dict(zip(found.columns, map(str, found.types), strict=True))
    assert (kinds["tokens_total"], kinds["tags"]) == ("BIGINT", "VARCHAR[]")
    began = duckdb.sql(f"SELECT typeof(started_at), epoch_us(started_at) FROM '{file}'").fetchall()[1]
    assert began == ("TIMESTAMP WITH TIME ZONE", int(after(hours=-1).timestamp()) * 10**6)


async def test_a_file_of_nothing_is_a_file(office, tmp_path):
    answer = await office.ask(office.team.anna, "export", format="parquet", model="none")
    (tmp_path / "none.parquet").write_bytes(answer.content)
    assert duckdb.sql(f"SELECT count(*) FROM '{tmp_path / 'none.parquet'}'").fetchall() == [(0,)]
    assert (await office.ask(office.team.anna, "export", format="json", model="none")).json() == []


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
async def test_the_audit_log_says_who_took_a_file(office, form):
    anna, vera = office.team.anna, office.team.vera
    await office.tell(anna, "a", [make_usage()])
    await office.ask(vera, "export", format=form, model="none", tool="codex")
    path, wanted = f"/api/teams/{anna.team_id}/audit", {"action": "analytics.exported"}

    async def noted():
        return len((await anna.browser.get(path, params=wanted)).json()["items"]) == 1

    await eventually(noted)
    (entry,) = (await anna.browser.get(path, params=wanted)).json()["items"]
    assert entry["actor_id"] == str(vera.user_id)
    assert entry["details"] == {"form": form, "narrowed_by": ["model", "tool"]}
