import pytest

from tests.services.runtime.fanout.stage import Stage


@pytest.fixture(params=["memory", "redis"])
def fanout_url(request: pytest.FixtureRequest) -> str:
    return "memory://" if request.param == "memory" else request.getfixturevalue("redis_url")


@pytest.fixture
async def stage(fanout_url):
    stage = Stage(fanout_url)
    yield stage
    await stage.close()
