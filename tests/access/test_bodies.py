"""Bodies that are no good, against every route that takes one: refused, not repeated, and nothing breaks."""

from typing import Any

import pytest

from services.document import openapi_document
from tests.access.bodies import ECHO, bad_bodies
from tests.access.cast import Cast
from tests.access.matrix import Line, route_lines
from tests.access.requests import BODIES, request
from tests.support.servers.services import ServiceProcess

JSON = {"Content-Type": "application/json"}
PATHS = openapi_document()["paths"]
SCHEMAS = openapi_document()["components"]["schemas"]
WITH_BODY = sorted(
    f"{verb.upper()} {path}"
    for path, verbs in PATHS.items()
    for verb, operation in verbs.items()
    if "requestBody" in operation
)
MOST_CHARACTERS = 4_000


def test_every_route_with_a_body_has_a_good_one() -> None:
    assert set(BODIES) == set(WITH_BODY)
    assert len(bad_bodies({"name": "x"}, ["name"])) == 40


def fields(deed: str) -> set[str]:
    """The fields of its body, by OpenAPI."""
    method, path = deed.split()
    schema = PATHS[path][method.lower()]["requestBody"]["content"]["application/json"]["schema"]
    models = [one["$ref"].rpartition("/")[2] for one in schema.get("anyOf", [schema])]
    return {name for model in models for name in SCHEMAS[model]["properties"]}


def able(deed: str) -> tuple[Line, str]:
    """A line of the table and somebody whom it lets do this, so that the body is what is refused."""
    lines = [line for line in route_lines() if line.deed == deed]
    for line in lines:
        for actor in ("admin", "owner", "agent"):
            if line.cells[actor].startswith("2"):
                return line, actor
    return lines[0], "admin"


def processes(cast: Cast) -> list[ServiceProcess]:
    parts = dict.fromkeys(cast.shape.parts.values())
    return [part for part in parts if isinstance(part, ServiceProcess)]


@pytest.mark.parametrize("deed", WITH_BODY)
def test_a_bad_body_is_refused_and_not_repeated(cast: Cast, deed: str) -> None:
    line, actor = able(deed)
    asked = request(cast, line, actor)
    running = {process.name: process.pid for process in processes(cast)}
    wrong: dict[str, Any] = {}
    for what, body in bad_bodies(asked.body, sorted(fields(deed))).items():
        headers = JSON | asked.headers
        url = asked.path.format(**asked.ids)
        answer = cast.ask(asked.method, url, asked.token, content=body, headers=headers)
        refused = 400 <= answer.status_code < 500
        kept = ECHO not in answer.text and ECHO not in str(answer.headers)
        if not refused or not kept or len(answer.text) > MOST_CHARACTERS:
            wrong[what] = (answer.status_code, answer.text[:300])
    assert wrong == {}
    assert {process.name: process.pid for process in processes(cast)} == running
    assert all(process.ready() for process in processes(cast))
