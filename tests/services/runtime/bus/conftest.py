from pathlib import Path

import pytest

from services.runtime.db import open_database
from services.runtime.reach import NOBODY
from services.runtime.tables import metadata
from tests.services.runtime.bus.stage import Stage, settings


@pytest.fixture
async def database(tmp_path: Path):
    database = open_database(f"sqlite:///{tmp_path}/test.db", settings())
    async with database.write(NOBODY) as connection:
        await connection.run_sync(metadata.create_all)
    yield database
    await database.close()


@pytest.fixture(params=["memory", "amqp"])
def bus_url(request: pytest.FixtureRequest) -> str:
    return "memory://" if request.param == "memory" else request.getfixturevalue("amqp_url")


@pytest.fixture
async def stage(request, bus_url, database):
    broker = request.getfixturevalue("broker") if bus_url.startswith("amqp") else None
    stage = Stage(bus_url, database, broker)
    yield stage
    await stage.close()
