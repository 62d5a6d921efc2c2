"""`rebuild`: what services have worked out is made anew, by hand."""

import pytest

from services.commands import rebuild
from services.ingest.store import people, prices
from services.runtime.auth import TeamsCaller
from services.runtime.db import open_database
from services.runtime.reach import NOBODY
from services.runtime.settings import Settings
from tests.support.builders import START, TEAM
from tests.support.fixtures import database_with
from tests.support.templates import EVERY

database_url = database_with(*EVERY)


@pytest.fixture
def settings(database_url, tmp_path):
    return Settings(data_dir=tmp_path, database_url=database_url)


async def test_every_team_is_marked_to_be_priced_anew(settings, capsys):
    database = open_database(settings.database, settings)
    home = TeamsCaller.of({TEAM})
    async with database.write(home) as connection:
        await people.put_team(home, connection, TEAM, {}, START)
    assert await rebuild.run(settings, "ingest") == 0
    assert capsys.readouterr().out.strip().endswith("as soon as ingest runs: 1")
    async with database.read(NOBODY) as connection:
        assert await prices.stale_teams(None, connection) == [TEAM]
    await database.close()


async def test_analytics_makes_its_facts_anew(settings, capsys):
    assert await rebuild.run(settings, "analytics") == 0
    assert capsys.readouterr().out.strip().endswith("Made the facts of 0 sessions anew.")
