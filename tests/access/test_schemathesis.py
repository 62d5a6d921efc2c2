"""What the document promises, asked at random of every route: nothing breaks, and answers are as described.

The questions are the same at every run. FUZZ_EXAMPLES asks more of them of each route.
"""

import json
import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks as known
from schemathesis.specs.openapi import checks as openapi

from services.document import openapi_document
from tests.access.cast import Cast
from tests.access.document import PATHS, processes

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "3"))
# They end the very log-in that asks; the tables of access and of bodies ask them.
LAST = ["POST /api/auth/logout", "DELETE /api/auth/me", "DELETE /api/auth/logins"]
METHODS = [openapi.unsupported_method, openapi.allow_header_conformance]
CHECKS = [
    known.not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
    openapi.response_schema_conformance,
    openapi.negative_data_rejection,
    *METHODS,
]
# A shorter one is found in any text.
ECHO_CHARACTERS = 6

CONFIG = schemathesis.Config.from_dict(
    {
        # Whatever is wrong is refused, each in its way.
        "checks": {"negative_data_rejection": {"expected-statuses": ["4xx"]}},
        # We sign in ourselves, and a question that nobody knows is no wrong one.
        "generation": {"with-security-parameters": False, "allow-extra-parameters": False},
    }
)

schema = schemathesis.openapi.from_dict(openapi_document(), config=CONFIG).exclude(name=LAST)


@pytest.fixture(scope="module", autouse=True)
def unbroken(cast: Cast) -> Iterator[None]:
    """No process ends, whatever is asked."""
    running = {process.name: process.pid for process in processes(cast)}
    yield
    assert {process.name: process.pid for process in processes(cast)} == running
    assert all(process.ready() for process in processes(cast))


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
def test_every_route_answers_as_it_says(case: schemathesis.Case, cast: Cast) -> None:
    headers = {"Authorization": f"Bearer {cast.admin.access_token}"}
    answer = case.call(base_url=cast.shape.url, headers=headers, timeout=30)
    excluded = METHODS if shares_its_place(case.path) else []
    case.validate_response(answer, checks=CHECKS, excluded_checks=excluded, headers=headers)
    if answer.status_code >= 400:
        assert [text for text in texts(case) if text in answer.text] == []


def shares_its_place(path: str) -> bool:
    """Whether the address is also one of another pattern, which may take other methods."""
    patterns = {other: re.sub(r"\{\w+\}", "[^/]+", other) for other in PATHS if other != path}
    return any(re.fullmatch(pattern, path) for pattern in patterns.values())


def texts(case: schemathesis.Case) -> Iterator[str]:
    """All texts that were sent, but for the names of fields and what the document itself says."""
    said = json.dumps(PATHS[case.path])
    for sent in (case.path_parameters, case.query, case.body):
        yield from (text for text in leaves(sent) if len(text) >= ECHO_CHARACTERS and text not in said)


def leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
