"""Bodies that are no good, against every route that takes one: refused, not repeated, and nothing breaks."""

from typing import Any

import pytest

from tests.access.bodies import ECHO, bad_bodies
from tests.access.cast import Cast
from tests.access.document import WITH_BODY, able, fields, processes, truths
from tests.access.requests import BODIES, request

JSON = {"Content-Type": "application/json"}
MOST_CHARACTERS = 4_000


def test_every_route_with_a_body_has_a_good_one() -> None:
    assert set(BODIES) == set(WITH_BODY)
    assert len(bad_bodies({"name": "x"}, ["name"])) == 40


@pytest.mark.parametrize("deed", WITH_BODY)
def test_a_bad_body_is_refused_and_not_repeated(cast: Cast, deed: str) -> None:
    line, actor = able(deed)
    asked = request(cast, line, actor)
    running = {process.name: process.pid for process in processes(cast)}
    wrong: dict[str, Any] = {}
    for what, body in bad_bodies(asked.body, sorted(fields(deed)), truths(deed)).items():
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
