"""How the dashboard bears a big team: live sessions that all change once a second, and somebody who scrolls.

The page is the product's, given out by the product in one process, with the sessions in its database. Their
changes come to the page as the gateway would send them, made by the measurement itself: so the figures are
the page's. `python -m tests.load.dashboard` prints a line and exits with 1 if it is not as promised; `--write
docs/performance.md` puts it into that page's table.
"""

import argparse
import gzip
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
from playwright.sync_api import Browser, Page, Response, WebSocketRoute, expect

from tests.e2e.pages import is_live, sign_in
from tests.e2e.people import Person
from tests.load.revocation import percentile, write
from tests.support.browser import Screen, chromium
from tests.support.builders import make_report
from tests.support.fixtures import RELAXED
from tests.support.shapes.embedded import Embedded
from tests.support.shapes.shape import Shape

MARKS = ("<!-- dashboard: begin -->", "<!-- dashboard: end -->")
FRAMES, PAINT_MS, USABLE_MS, SCRIPT_BYTES = 50, 1000, 2000, 200_000
# As many as the gateway's batches hold at most, by their size.
BATCH = 80
REPORTS_AT_ONCE = 100

WATCH = """() => {
  window.usableAt = null
  const look = () => {
    const live = document.querySelector('[data-testid="live-indicator"][data-state="live"]')
    if (live && document.querySelector('[data-testid="session-card"]')) window.usableAt = performance.now()
    else requestAnimationFrame(look)
  }
  look()
}"""
SCROLL = """() => {
  const box = document.querySelector('[data-scroller]')
  window.frames60 = []
  let down = true
  const step = (at) => {
    window.frames60.push(at)
    box.scrollTop += down ? 24 : -24
    if (box.scrollTop + box.clientHeight >= box.scrollHeight - 1) down = false
    if (box.scrollTop <= 0) down = true
    window.scrolling = requestAnimationFrame(step)
  }
  window.scrolling = requestAnimationFrame(step)
}"""


@dataclass(frozen=True, slots=True)
class Borne:
    """What was measured; `frames` are those of each second of scrolling, times are milliseconds.

    `script_bytes` are of what the document itself names, `later_bytes` of what comes later for the cards.
    """

    sessions: int
    paint_ms: float
    usable_ms: float
    script_bytes: int
    frames: Sequence[int]
    changes: int
    complaints: Sequence[str] = ()
    later_bytes: int = 0


def kept(borne: Borne) -> bool:
    """Whether all was as promised."""
    return (
        statistics.median(borne.frames) > FRAMES
        and borne.paint_ms < PAINT_MS
        and borne.usable_ms < USABLE_MS
        and borne.script_bytes < SCRIPT_BYTES
        and not borne.complaints
    )


def row(borne: Borne) -> str:
    frames = f"{statistics.median(borne.frames):.0f} | {percentile(borne.frames, 0.05)}"
    times = f"{borne.paint_ms:.0f} ms | {borne.usable_ms:.0f} ms"
    return (
        f"| {borne.sessions:,} | {borne.changes:,} | {frames} | {times} | "
        f"{borne.script_bytes / 1000:.0f} kB | {borne.later_bytes / 1000:.0f} kB | {len(borne.complaints)} |"
    )


def table(rows: Sequence[str]) -> str:
    """The table between its marks."""
    head = (
        "| sessions | changes taken | frames/s, median | slowest second | first paint | usable | scripts | "
        "then for the cards | complaints |"
    )
    return "\n".join([MARKS[0], head, "|--:|--:|--:|--:|--:|--:|--:|--:|--:|", *rows, MARKS[1]])


def report_sessions(person: Person, count: int) -> None:
    """Live sessions of this person, as an agent reports them."""
    token = person.api_token("agent")
    now = datetime.now(UTC)
    with httpx.Client(base_url=person.shape.url, headers={"Authorization": f"Bearer {token}"}) as agent:
        hello = {"machine_id": "m", "hostname": "anna-mbp", "os": "Linux", "version": "1"}
        identity = agent.post("/api/agents", json=hello).json()["agent_id"]
        reports = [
            make_report(
                n + 1, f"session-{n}", title=f"Work number {n}", context_used=n * 180,
                started_at=now - timedelta(hours=1), last_activity_at=now - timedelta(seconds=n),
            ).model_dump(mode="json")
            for n in range(count)
        ]  # fmt: skip
        for some in _batched(reports, REPORTS_AT_ONCE):
            body = {"v": 1, "agent_id": identity, "sent_at": now.isoformat(), "reports": some}
            answer = agent.post("/api/sessions/sync", json=body, timeout=60)
            assert answer.json()["rejected"] == [], answer.text


def _batched(items: Sequence[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(items), size):
        yield list(items[start : start + size])


class Changes:
    """Stands between the page and the gateway's socket: everything passes, and changes are added."""

    def __init__(self, page: Page) -> None:
        self._routes: list[WebSocketRoute] = []
        self._sessions: list[dict[str, Any]] = []
        self._channel = ""
        self.sent = 0
        page.route_web_socket("**/ws/sessions", self._open)

    def _open(self, route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        self._routes.append(route)

        def hear(message: str | bytes) -> None:
            self._note(message)
            route.send(message)

        server.on_message(hear)

    def _note(self, message: str | bytes) -> None:
        frame = orjson.loads(message)
        for each in frame.get("frames", [frame]):
            if each["type"] == "subscribed" and each["channel"].startswith("team:"):
                self._channel, self._sessions = each["channel"], each["sessions"]

    @property
    def first(self) -> str:
        """The session that stands first when the page is opened."""
        return str(max(self._sessions, key=lambda session: session["last_activity_at"])["id"])

    def go_on(self, some: slice) -> None:
        """Tell the page of new states of some of its sessions."""
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        frames = []
        for session in self._sessions[some]:
            session["version"] += 1
            session["tokens"]["total"] += 1_700
            session["tokens"]["output"] += 1_700
            session["token_count"] = session["tokens"]["total"]
            session["cost_usd"] = round((session["cost_usd"] or 0) + 0.01, 6)
            session["last_activity_at"] = session["updated_at"] = now
            frames.append(
                {"type": "session_update", "channel": self._channel, "left": False, "data": session}
            )
        self._routes[-1].send(orjson.dumps({"type": "batch", "frames": frames}).decode())
        self.sent += len(frames)


class Scripts:
    """How many bytes of JavaScript a page loads until it is used, packed."""

    def __init__(self, page: Page) -> None:
        self._answers: list[Response] = []
        page.on("response", self._seen)

    def _seen(self, answer: Response) -> None:
        if answer.url.endswith(".js"):
            self._answers.append(answer)

    def packed(self, document: str) -> tuple[int, int]:
        """Of what the document names, and of the others."""
        sizes = [(answer.url, len(gzip.compress(answer.body(), 6))) for answer in self._answers]
        named = sum(size for url, size in sizes if urlsplit(url).path in document)
        return named, sum(size for _, size in sizes) - named


def measure(shape: Shape, browser: Browser, count: int, seconds: int) -> Borne:
    """Open the dashboard with so many sessions and scroll through it while all change every second."""
    with Person(shape, "anna", team_name="Harbour") as anna:
        report_sessions(anna, count)
        anna.await_sessions({f"session-{count - 1}"})
        before = Screen(browser)
        sign_in(before.page, shape, anna)
        signed_in = before.context.storage_state()
        before.close()
        screen = Screen(browser, storage_state=signed_in)
        page = screen.page
        changes, scripts = Changes(page), Scripts(page)
        page.add_init_script(f"({WATCH})()")
        opened = page.goto(shape.url)
        assert opened is not None
        is_live(page)
        expect(page.get_by_test_id("session-card").first).to_be_visible()
        # The watcher looks once a frame.
        page.wait_for_timeout(100)
        packed, later = scripts.packed(opened.text())
        usable, paint = page.evaluate(
            "[window.usableAt, performance.getEntriesByName('first-contentful-paint')[0].startTime]"
        )
        first = page.locator(f"[data-session-id='{changes.first}']")
        as_it_was = first.inner_text()
        frames = _scroll(page, changes, count, seconds)
        page.evaluate("document.querySelector('[data-scroller]').scrollTop = 0")
        expect(first).not_to_have_text(as_it_was, use_inner_text=True)
        complaints = list(screen.complaints)
        screen.close()
    return Borne(count, paint, usable, packed, frames, changes.sent, complaints, later)


def _scroll(page: Page, changes: Changes, count: int, seconds: int) -> list[int]:
    """Frames drawn in each second."""
    page.evaluate(SCROLL)
    batches = [slice(start, start + BATCH) for start in range(0, count, BATCH)]
    for _ in range(seconds):
        begun = time.monotonic()
        for number, some in enumerate(batches, start=1):
            changes.go_on(some)
            rest = begun + number / len(batches) - time.monotonic()
            page.wait_for_timeout(max(1.0, 1000 * rest))
    page.evaluate("cancelAnimationFrame(window.scrolling)")
    stamps = page.evaluate("window.frames60")
    whole = int((stamps[-1] - stamps[0]) // 1000)
    return [
        sum(1 for at in stamps if second * 1000 <= at - stamps[0] < (second + 1) * 1000)
        for second in range(max(whole, 1))
    ]


@contextmanager
def product() -> Iterator[Shape]:
    with Embedded(RELAXED) as shape:
        yield shape


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--write", type=Path, metavar="PAGE")
    given = parser.parse_args()
    with product() as shape, chromium() as browser:
        borne = measure(shape, browser, given.sessions, given.seconds)
    sys.stdout.write(row(borne) + "\n")
    sys.stdout.writelines(f"{complaint}\n" for complaint in borne.complaints)
    if given.write:
        write(given.write, table([row(borne)]), MARKS)
    return int(not kept(borne))


if __name__ == "__main__":
    sys.exit(main())
