import pytest

from tests.services.ingest.bench import open_bench


@pytest.fixture
async def bench(database_url, tmp_path):
    """The consumer on each database, Anna's agent introduced."""
    async with open_bench(database_url, tmp_path) as opened:
        await opened.introduce()
        yield opened
