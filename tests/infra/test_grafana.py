"""Every query of the dashboards runs; the team's, as Grafana's own role, shows what the whole team sees."""

import asyncio
import json
import re
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import UUID

import asyncpg
import pytest
import yaml

from services.contracts.people import MemberLeft
from services.runtime.bus import Message
from tests.services.analytics.bench import open_bench, state_of
from tests.support.builders import BEN, OTHER_TEAM, START, TEAM, make_usage
from tests.support.fixtures import missing
from tests.support.servers.postgres import create_database, drop_database, psql
from tests.support.servers.programs import ProgramMissingError
from tests.support.servers.prometheus import Prometheus
from tests.support.waiting import until

INFRA = Path(__file__).parents[2] / "infra"
GRAFANA = INFRA / "grafana"
SCRIPT = INFRA / "postgres" / "grafana.sql"
ROLE, PASSWORD = "grafana_of_test", "loopback-only"
SPAN = "2026-02-01", "2026-04-01"


def panels(name: str) -> list[dict[str, Any]]:
    whole = json.loads((GRAFANA / "dashboards" / f"{name}.json").read_text())
    return [panel for panel in whole["panels"] if panel["type"] != "row"]


def sql_of(panel: dict[str, Any]) -> str:
    """Its query as Grafana sends it."""
    (target,) = panel["targets"]
    between = rf"\1 BETWEEN '{SPAN[0]}' AND '{SPAN[1]}'"
    return re.sub(r"\$__timeFilter\((\w+)\)", between, target["rawSql"])


def let_in(superuser_url: str, database_url: str, team: UUID) -> str:
    """Run the script for a team; the address of Grafana's role."""
    parts = urlsplit(superuser_url)._replace(path=urlsplit(database_url).path)
    values = {"role": ROLE, "password": PASSWORD, "team": str(team)}
    given = [f"--set={name}={value}" for name, value in values.items()]
    psql(urlunsplit(parts), *given, "--file", str(SCRIPT))
    return urlunsplit(parts._replace(netloc=f"{ROLE}:{PASSWORD}@{parts.hostname}:{parts.port}"))


@pytest.fixture(scope="module")
def grafana(superuser_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database with a team's sessions, shared and private ones, and another's; as Grafana's role."""
    url = create_database(superuser_url)
    asyncio.run(seed(url, tmp_path_factory.mktemp("settings")))
    # A second time: to choose another team.
    let_in(superuser_url, url, OTHER_TEAM)
    yield let_in(superuser_url, url, TEAM)
    drop_database(superuser_url, url)
    psql(superuser_url, "--command", f"drop role {ROLE}")


async def seed(url: str, folder: Path) -> None:
    usage = [make_usage(input=1000, output=200)]
    failing: dict[str, Any] = {"parts": {"error_categories": {"failed": 2}}}
    async with open_bench(url, folder) as bench:
        await bench.take(
            state_of(usage, native_id="shared", project="harbour", **failing),
            state_of(usage, native_id="ben's", user_id=BEN, username="ben"),
            state_of(usage, native_id="private", visibility="private", project="secret", **failing),
            state_of(usage, native_id="other", team_id=OTHER_TEAM, project="elsewhere"),
        )
        left = MemberLeft(team_id=TEAM, user_id=BEN, at=START)
        await bench.people.handle([Message(left.kind, left.model_dump_json().encode())])
        await bench.roll_up()
        bench.clock.at = START
        from services.analytics.snapshots import Snapshots

        await Snapshots(bench.database, bench.clock).step()


async def asked(url: str, *statements: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return list(await connection.fetch(statements[-1]))
    finally:
        await connection.close()


@pytest.mark.servers
@pytest.mark.parametrize("panel", panels("team"), ids=lambda panel: panel["title"])
async def test_every_panel_has_an_answer_without_private_rows(grafana: str, panel: dict[str, Any]) -> None:
    rows = await asked(grafana, sql_of(panel))
    assert rows
    shown = repr([dict(row) for row in rows])
    assert not any(word in shown for word in ("secret", "elsewhere", "private"))


@pytest.mark.servers
async def test_sums_are_of_what_the_team_sees(grafana: str) -> None:
    (row,) = await asked(grafana, sql_of(panels("team")[0]))
    assert row["tokens"] == 2 * 1200
    people = {row["label"]: row["sessions"] for row in await asked(grafana, sql_of(panels("team")[8]))}
    assert people == {"anna": 1, "former member": 1}
    projects = {row["label"] for row in await asked(grafana, sql_of(panels("team")[9]))}
    assert projects == {"harbour", "shop"}
    (failure,) = await asked(grafana, sql_of(panels("team")[10]))
    assert (failure["category"], failure["count"]) == ("failed", 2)


@pytest.mark.servers
@pytest.mark.parametrize("view", ["hours", "sessions", "snapshots", "failures"])
async def test_no_setting_of_its_own_shows_another_team(grafana: str, view: str) -> None:
    assert await asked(grafana, f"SELECT * FROM {view}")
    assert not await asked(grafana, f"SET td.teams = '{OTHER_TEAM}'", f"SELECT * FROM {view}")
    both = f"SET td.teams = '{TEAM},{OTHER_TEAM}'"
    assert len(await asked(grafana, both, f"SELECT * FROM {view}")) == len(
        await asked(grafana, f"SELECT * FROM {view}")
    )


@pytest.mark.servers
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM public.analytics_sessions",
        "SELECT * FROM public.analytics_rollup",
        "SET default_transaction_read_only = off; DELETE FROM hours",
        "SET default_transaction_read_only = off; CREATE TABLE mine (a int)",
    ],
)
async def test_it_reads_the_views_and_nothing_else(grafana: str, statement: str) -> None:
    refusals = asyncpg.InsufficientPrivilegeError, asyncpg.ObjectNotInPrerequisiteStateError
    with pytest.raises(refusals):
        await asked(grafana, *statement.split("; "))


def is_ready(url: str) -> bool:
    """It listens before it has read what it stored."""
    try:
        with urllib.request.urlopen(f"{url}/-/ready", timeout=10):
            return True
    except OSError:
        return False


@pytest.mark.servers
def test_prometheus_takes_every_query(tmp_path: Path) -> None:
    configuration = tmp_path / "prometheus.yml"
    configuration.write_text("global: {}\n")
    try:
        server = Prometheus(configuration)
    except ProgramMissingError as error:
        missing(error)
    try:
        server.start()
        until(lambda: is_ready(server.url) or None)
        queries = [target["expr"] for panel in panels("services") for target in panel["targets"]]
        assert queries
        for query in queries:
            plain = query.replace("$__rate_interval", "5m").replace("$__interval", "1m")
            address = f"{server.url}/api/v1/query?query={quote(plain)}"
            with urllib.request.urlopen(address, timeout=10) as answer:
                assert json.load(answer)["status"] == "success", query
    finally:
        server.close()


@pytest.mark.parametrize("name", ["services", "team"])
def test_a_dashboard_names_what_is_provisioned(name: str) -> None:
    provisioned = {
        source["uid"]: source["type"]
        for path in (GRAFANA / "provisioning" / "datasources").glob("*.yml")
        for source in yaml.safe_load(path.read_text())["datasources"]
    }
    found = panels(name)
    assert len({panel["id"] for panel in found}) == len(found)
    for panel in found:
        for source in (panel["datasource"], *(target["datasource"] for target in panel["targets"])):
            assert provisioned[source["uid"]] == source["type"]


def test_the_script_says_how_it_is_used() -> None:
    done = subprocess.run([SCRIPT.with_suffix(".sh")], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "usage: grafana.sh TEAM_ID" in done.stderr
