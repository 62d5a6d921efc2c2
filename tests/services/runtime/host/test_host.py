"""Any set of parts as one app: its answers when something is wrong, its operations, its order."""

import logging

import pytest
import structlog

from services.runtime.host import Step, build_app
from services.runtime.metrics import Metrics
from tests.services.runtime.host.stage import LIMITS, Part, problem


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("problem", (409, "taken")),
        ("anonymous", (401, "unauthenticated")),
        ("busy", (503, "unavailable")),
        ("unconfirmed", (503, "unavailable")),
        ("transient", (503, "unavailable")),
        ("away", (503, "unavailable")),
        ("slow", (503, "unavailable")),
        ("pool", (503, "unavailable")),
        ("locked", (503, "unavailable")),
        ("sql", (500, "internal")),
        ("bug", (500, "internal")),
        ("group", (500, "internal")),
    ],
)
async def test_every_failure_is_a_problem_document_without_secrets(client, name, expected):
    answer = await client.get(f"/api/raise/{name}")
    assert problem(answer) == expected
    assert "secret" not in answer.text
    assert ("retry-after" in answer.headers) == (expected[0] == 503)
    assert ("www-authenticate" in answer.headers) == (expected[0] == 401)


async def test_a_problem_names_its_fields(client):
    assert (await client.get("/api/raise/problem")).json()["errors"] == [
        {"field": "name", "message": "is taken"}
    ]
    assert (await client.get("/api/raise/busy")).headers["retry-after"] == "7"


async def test_the_log_of_an_unforeseen_failure_bears_the_answers_id(client):
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        answer = await client.get("/api/raise/bug")
    (line,) = [line for line in lines if line["event"] == "request failed"]
    assert line["correlation_id"] == answer.json()["correlation_id"]
    assert isinstance(line["exc_info"], ZeroDivisionError)
    assert line["log_level"] == logging.getLevelName(logging.ERROR).lower()


async def test_a_refusal_is_a_line_in_the_log_without_what_was_asked_for(client):
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        answer = await client.get("/api/raise/anonymous", params={"secret": "secret"})
        await client.get("/api/raise/problem")
    (line,) = [line for line in lines if line["event"] == "refused"]
    said = {"method": "GET", "route": "/api/raise/{name}", "status": 401, "code": "unauthenticated"}
    assert said.items() <= line.items()
    assert line["correlation_id"] == answer.json()["correlation_id"]
    assert "secret" not in str(line)


async def test_what_is_not_there_is_a_404_and_another_method_a_405(client):
    assert problem(await client.get("/api/nothing")) == (404, "not_found")
    for method in ("PUT", "TRACE", "ANY"):
        answer = await client.request(method, "/api/twice")
        assert problem(answer) == (405, "method_not_allowed")
        assert answer.headers["allow"] == "GET, POST"


async def test_a_request_keeps_its_plain_correlation_id(client):
    answer = await client.get("/api/id", headers={"X-Correlation-Id": "one-of-mine_1.2"})
    assert answer.json() == {"correlation_id": "one-of-mine_1.2"}
    assert answer.headers["x-correlation-id"] == "one-of-mine_1.2"


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "with space", 'quote"quote', "é" * 10])
async def test_any_other_correlation_id_is_replaced(client, given):
    answer = await client.get("/api/id", headers={"X-Correlation-Id": given.encode("latin-1")})
    made = answer.headers["x-correlation-id"]
    assert (len(made), made.isalnum()) == (32, True)
    assert answer.json() == {"correlation_id": made}
    assert structlog.contextvars.get_contextvars() == {}


async def test_alive_is_not_ready(client, part):
    assert (await client.get("/healthz")).json() == {"status": "alive"}
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "parts": {"thing": "running"}})
    part.trouble = "ingest.reports is paused"
    ready = await client.get("/readyz")
    body = {"ready": False, "parts": {"thing": "ingest.reports is paused"}}
    assert (ready.status_code, ready.json()) == (503, body)
    assert (await client.get("/healthz")).status_code == 200


async def test_requests_are_counted_by_route(client, metrics):
    for url in (
        "/api/number?count=1",
        "/api/number?count=2",
        "/api/number",
        "/api/raise/bug",
        "/api/raise/sql",
        "/x",
    ):
        await client.get(url)
    text = (await client.get("/metrics")).text

    def counted(route, status):
        labels = {"method": "GET", "route": route, "status": status}
        return metrics.registry.get_sample_value("td_http_requests_total", labels)

    assert (counted("/api/number", "200"), counted("/api/number", "422")) == (2, 1)
    assert counted("/api/raise/{name}", "500") == 2
    assert counted("other", "404") == 1
    assert "td_http_requests_total" in text
    assert "count=1" not in text


async def lifespan(parts, steps):
    app = build_app(LIMITS, Metrics(), parts, steps)
    async with app.router.lifespan_context(app):
        parts[0].log.append("running")


def step(name, log):
    async def start():
        log.append(f"start {name}")

    async def stop():
        log.append(f"stop {name}")

    return Step(name, start, stop)


async def test_parts_start_in_order_and_stop_in_reverse_though_one_fails_to_stop():
    log: list[str] = []
    await lifespan([Part("a", log), Part("b", log)], [step("database", log), step("bus", log)])
    assert log == [
        "start database", "start bus", "start a", "start b", "running",
        "stop b", "stop a", "stop bus", "stop database",
    ]  # fmt: skip


async def test_what_had_started_stops_when_another_cannot_start():
    log: list[str] = []
    with pytest.raises(RuntimeError, match="cannot start"):
        await lifespan([Part("a", log), Part("b", log, fails=True)], [step("database", log)])
    assert log == ["start database", "start a", "start b", "stop a", "stop database"]
