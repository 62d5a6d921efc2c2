import httpx
import pytest

from services.runtime.host import build_app
from services.runtime.metrics import Metrics
from tests.services.runtime.host.stage import LIMITS, Part


@pytest.fixture
def part():
    return Part()


@pytest.fixture
def metrics():
    return Metrics()


@pytest.fixture
async def client(part, metrics):
    app = build_app(LIMITS, metrics, [part])
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        yield client
