"""Sizes first, then JSON, then fields: what comes in is bounded, strict and never repeated."""

import pytest

from tests.services.runtime.host.stage import problem

JSON = {"Content-Type": "application/json"}
BODIES = [
    (b'{"count": 1}', 200), (b"{}", 200), (b'{"count": "1"}', 422), (b'{"count": 1.5}', 422),
    (b'{"path": null}', 422), (b'{"secret-key": 1}', 422), (b"[]", 422), (b"null", 422), (b"5", 422),
    (b'"secret"', 422), (b"", 422), (b'{"count": NaN}', 400), (b'{"count": Infinity}', 400),
    (b'{"count": 1e999}', 400), (b'{"path": "\\ud800"}', 400), (b'{"\\ud800": 1}', 400), (b"{", 400),
    (b"\xff", 400), (b'{"path": "\xff"}', 400), (b"{} {}", 400), (b"[" * 900, 400),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status"), BODIES, ids=lambda value: str(value)[:30])
async def test_a_body_is_read_strictly_and_never_repeated(client, body, status):
    answer = await client.post("/api/form", content=body, headers=JSON)
    assert answer.status_code == status
    if status != 200:
        problem(answer)
        assert "secret" not in answer.text
        assert "ud800" not in answer.text


async def test_a_field_is_named_as_it_is(client):
    answer = await client.post("/api/form", json={"path": 5, "count": "x", "Other Key": 1, "other_key": 1})
    assert answer.json()["errors"] == [
        {"field": "path", "message": "string type"},
        {"field": "count", "message": "int type"},
        {"field": "*", "message": "extra forbidden"},
        {"field": "other_key", "message": "extra forbidden"},
    ]
    missing = await client.get("/api/number")
    assert missing.json()["errors"] == [{"field": "count", "message": "Field required"}]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
async def test_another_form_than_json_is_a_415(client, kind):
    answer = await client.post("/api/form", content=b"{}", headers={"Content-Type": kind})
    assert problem(answer) == (415, "wrong_type")


async def test_kinds_of_json_are_json(client):
    for kind in ("application/json; charset=utf-8", "application/merge-patch+json"):
        assert (
            await client.post("/api/form", content=b"{}", headers={"Content-Type": kind})
        ).status_code == 200


async def chunks(total, size=100):
    for _ in range(total // size):
        yield b" " * size


@pytest.mark.parametrize("url", ["/api/form", "/api/any", "/api/nothing", "/api/sessions/sync"])
async def test_a_body_above_the_limit_is_a_413_declared_or_in_chunks(client, url):
    limit = 5000 if url.endswith("sync") else 1000
    assert problem(await client.post(url, content=b" " * (limit + 1), headers=JSON)) == (413, "too_large")
    if url != "/api/nothing":  # nobody reads the body of what is not there
        assert problem(await client.post(url, content=chunks(limit + 100), headers=JSON)) == (
            413,
            "too_large",
        )


async def test_a_body_at_the_limit_is_taken(client):
    text = '{"path": "' + "x" * (1000 - 12) + '"}'
    assert (await client.post("/api/form", content=text, headers=JSON)).status_code == 200
    assert (await client.post("/api/sessions/sync", content=chunks(5000))).json() == {"size": 5000}


@pytest.mark.parametrize("length", ["-1", "1e9", "x", ""])
async def test_a_length_that_is_none_is_refused(client, length):
    answer = await client.post("/api/form", content=b"{}", headers=JSON | {"Content-Length": length})
    assert problem(answer)[0] == 413


async def test_an_address_has_bounds(client):
    room = 4096 - len("/api/numbercount=1&x=")
    assert (await client.get("/api/number?count=1&x=" + "x" * room)).status_code == 200
    assert problem(await client.get("/api/number?count=1&x=" + "x" * (room + 1))) == (414, "url_too_long")
    assert problem(await client.get("/" + "x" * 4100)) == (414, "url_too_long")
    for url in ("/api/%00", "/api/number?count=%00", "/%00"):
        assert problem(await client.get(url)) == (400, "bad_request")
