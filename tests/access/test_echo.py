"""What somebody sends stands in no refusal and in no log: a marker in every place where a value goes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from tests.access.cast import Cast
from tests.access.document import DEEDS, able, fields, parameters
from tests.access.requests import Request, request
from tests.support.servers.nginx import FrontDoor

MARK = "qx9marker"
# Taken, too long, not a text at all, with what no text may hold.
VALUES = (MARK, MARK * 100, f"{MARK}\0", f"<{MARK}>'\"\ud7ff\u202e", f"2026-13-45T{MARK}", f"-{MARK}%")
HEADERS = ("Authorization", "Accept", "Content-Type", "Cookie", "If-Match", "Origin", "Range", "User-Agent")
PLAIN = (
    "/api/{}",
    "/api/sessions/{}/{}",
    "/api/auth/me?{}={}",
    "/{}",
    "/assets/{}",
    "/ws/{}",
    "/internal/{}",
)


class Logs:
    """What all parts have logged since a moment."""

    def __init__(self, cast: Cast) -> None:
        self._files = [part.log_path for part in dict.fromkeys(cast.shape.parts.values())]
        doors = [part for part in cast.shape.parts.values() if isinstance(part, FrontDoor)]
        self._files += [door.folder / "access.log" for door in doors]
        self._sizes = {file: file.stat().st_size for file in self._files}

    def since(self) -> Iterator[tuple[Path, str]]:
        for file in self._files:
            with file.open("rb") as opened:
                opened.seek(self._sizes[file])
                yield from ((file, line) for line in opened.read().decode(errors="replace").splitlines())


def check(cast: Cast, send: Iterator[tuple[str, httpx.Response]]) -> None:
    """Look for the marker in what was refused, and in the logs of all of it."""
    logs, echoed = Logs(cast), {}
    for what, answer in send:
        assert answer.status_code < 500, f"{what}: {answer.text}"
        if answer.status_code >= 400 and MARK in answer.text.lower() + str(answer.headers).lower():
            echoed[what] = answer.text[:300]
    assert echoed == {}
    assert [(file.name, line[:300]) for file, line in logs.since() if MARK in line.lower()] == []


def variants(cast: Cast, deed: str) -> Iterator[tuple[str, httpx.Response]]:
    """The good request of this deed with a marker in one place after another."""
    line, actor = able(deed)
    good = request(cast, line, actor)
    for value in VALUES:
        for name in good.ids:
            yield (
                f"{name} in the path",
                send(cast, replace(good, ids=good.ids | {name: quote(value, safe="")})),
            )
        for name in parameters(deed, "query"):
            path = f"{good.path}?{name}={quote(value, safe='')}"
            yield f"?{name}=", send(cast, replace(good, path=path))
        for name in {"Authorization", *parameters(deed, "header")}:
            yield f"{name}:", send(cast, replace(good, headers=good.headers | {name: plain(value)}))
        for name in sorted(fields(deed)) if good.body else ():
            for placed in (value, [value], {f"<{value}>": value}):
                yield f"{name} in the body", send(cast, replace(good, body=good.body | {name: placed}))


def plain(value: str) -> str:
    """As much of it as a header can hold."""
    return quote(value, safe="<>'\" ")


def send(cast: Cast, asked: Request) -> httpx.Response:
    token = None if "Authorization" in asked.headers else asked.token
    answer: httpx.Response = replace(asked, token=token).send(cast)
    return answer


@pytest.mark.parametrize("deed", [deed for deed in DEEDS if not deed.startswith("DELETE /api/auth/me")])
def test_no_refusal_and_no_log_repeats_what_was_sent(cast: Cast, deed: str) -> None:
    check(cast, variants(cast, deed))


def test_neither_does_a_header(cast: Cast) -> None:
    def headed() -> Iterator[tuple[str, httpx.Response]]:
        for name in HEADERS:
            for value in VALUES:
                for method, path in (
                    ("GET", "/api/sessions"),
                    ("POST", "/api/auth/login"),
                    ("POST", "/api/auth/logout"),
                ):
                    answer = cast.ask(method, path, None, headers={name: plain(value)}, content=b"{}")
                    yield f"{method} {path} with {name}", answer

    check(cast, headed())


def test_neither_does_an_address_that_leads_nowhere(cast: Cast) -> None:
    def nowhere() -> Iterator[tuple[str, httpx.Response]]:
        for template in PLAIN:
            for value in VALUES:
                path = template.format(*[quote(value, safe="")] * 2)
                for method in ("GET", "POST", "PATCH", MARK.upper()):
                    yield f"{method} {template}", cast.ask(method, path, None)

    check(cast, nowhere())
