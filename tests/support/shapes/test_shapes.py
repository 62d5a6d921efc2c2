"""Both shapes come up by themselves, and a part that is lost can be brought back."""

import httpx
import pytest

from tests.support.servers.process import wait_until
from tests.support.shapes.shape import Shape


def status(shape: Shape, path: str) -> int:
    return httpx.get(shape.url + path, trust_env=False).status_code


def test_the_front_door_serves_the_api_and_nothing_internal(shape: Shape) -> None:
    assert status(shape, "/api/openapi.json") == 200
    assert status(shape, "/api/auth/me") == 401
    assert status(shape, "/api/sessions") == 401
    assert status(shape, "/api/nothing") == 404
    assert status(shape, "/internal/snapshot") == 404


@pytest.mark.parametrize("name", ["auth", "ingest", "analytics", "insight", "gateway"])
def test_a_killed_part_comes_back_as_it_was(shape: Shape, name: str) -> None:
    part = shape.part(name)
    part.kill()
    assert not part.running
    part.start()
    assert wait_until(lambda: status(shape, "/api/sessions") == 401, 60)
