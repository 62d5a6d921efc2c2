"""An extra check where the folder of real session files is there: every figure as its own count says."""

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.people import Machine, Person
from tests.support.shapes.shape import Shape
from tests.support.waiting import until

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
TOOLS = ("claude", "codex")
KINDS = ("input", "output", "cache_read", "cache_write")
PARTS = {"real": SAMPLES, "synthetic": SAMPLES / "synthetic"}

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the folder of samples is not here")


def expected(part: str) -> dict[str, dict[str, Any]]:
    """What each session must show, by native id; files without any timed line are no sessions."""
    counted = json.loads((SAMPLES / "expected.json").read_text())[part]
    sessions = {key: value for tool in TOOLS for key, value in counted[tool]["sessions"].items()}
    return {key: value for key, value in sessions.items() if value["first"] is not None}


def figures(session: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: session["tokens"][name] for name in ("input", "output", "cache_read", "cache_write")},
        "tool_calls": session["tool_calls"],
        "errors": session["errors"],
        "prompts": session["messages"]["user"],
        "first": session["started_at"],
        "last": session["last_activity_at"],
    }


def counted(session: dict[str, Any]) -> dict[str, Any]:
    models = session["models"].values()
    known = "calls" in session or session.get("token_events")
    sums: dict[str, int | None] = {
        "input": sum(model.get("uncached_input", model["input"]) for model in models),
        **{name: sum(model[name] for model in models) for name in ("output", "cache_read", "cache_write")},
    }
    return {
        **(sums if known else dict.fromkeys(sums)),
        "tool_calls": session["tool_calls"],
        "errors": session["tool_errors"],
        "prompts": session["user_prompts"],
        "first": session.get("first_own", session["first"]).replace(".000Z", "Z"),
        "last": session["last"].replace(".000Z", "Z"),
    }


def normal(time: str) -> str:
    """The same instant in the same words: fractions without the zeros at their end."""
    whole, dot, fraction = time.removesuffix("Z").partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}{dot if fraction else ''}{fraction}Z"


def comparable(figures_: dict[str, Any]) -> dict[str, Any]:
    return {**figures_, "first": normal(figures_["first"]), "last": normal(figures_["last"])}


@pytest.mark.parametrize("part", PARTS)
def test_every_sample_is_exact_twice_and_in_any_order(
    shape: Shape, anna: Person, way: str, part: str, tmp_path: Path
) -> None:
    """Once, again from a new spool, and again with the files in another order: the same rows."""
    wanted = {key: comparable(counted(value)) for key, value in expected(part).items()}
    shuffled = tmp_path / "shuffled"
    for tool in TOOLS:
        copy_in_reverse(PARTS[part] / tool, shuffled / tool)
    for attempt, root in enumerate((PARTS[part], PARTS[part], shuffled)):
        folder = tmp_path / f"machine-{attempt}"
        folder.mkdir()
        machine = Machine(shape, anna.api_token("agent"), folder, over=way)
        machine.report_once(claude_code=root / "claude", codex=root / "codex")
        found = anna.await_sessions(set(wanted))
        assert {key: comparable(figures(value)) for key, value in found.items()} == wanted


@pytest.mark.parametrize("part", PARTS)
def test_the_teams_totals_are_those_of_all_samples(
    shape: Shape, anna: Person, part: str, tmp_path: Path
) -> None:
    """As one figure, by kind and day of another zone, and by person."""
    sums = [counted(value) for value in expected(part).values()]
    machine = Machine(shape, anna.api_token("agent"), tmp_path)
    machine.report_once(claude_code=PARTS[part] / "claude", codex=PARTS[part] / "codex")
    around = list(ranges(day for one in sums for day in (one["first"], one["last"])))

    def asked(path: str, **params: str) -> list[Any]:
        return [anna.get(f"/api/analytics/{path}", tz="Asia/Kathmandu", **span, **params) for span in around]

    until(lambda: sum(one["sessions"] for one in asked("team")) == len(sums) or None)
    wanted = {kind: sum(one[kind] or 0 for one in sums) for kind in KINDS}
    assert {kind: sum(one["tokens"][kind] or 0 for one in asked("team")) for kind in KINDS} == wanted
    people = [row["tokens"] for one in asked("breakdown", by="user") for row in one["items"]]
    assert {kind: sum(row[kind] or 0 for row in people) for kind in KINDS} == wanted
    days: Counter[str] = Counter()
    for trends in asked("trends", group_by="kind"):
        days.update({one["key"]: sum(value or 0 for value in one["values"]) for one in trends["series"]})
    assert days == wanted


def ranges(times: Iterable[str]) -> Iterator[dict[str, str]]:
    """Ranges of dates, one after another, around all of these times."""
    days = sorted(date.fromisoformat(str(time)[:10]) for time in times)
    first, end = days[0] - timedelta(days=1), days[-1] + timedelta(days=2)
    while first < end:
        last = min(first + timedelta(days=300), end)
        yield {"from": first.isoformat(), "to": last.isoformat()}
        first = last


def copy_in_reverse(source: Path, target: Path) -> None:
    """Make the files anew, the last name first, so that folders list them in another order."""
    for path in sorted(source.rglob("*"), reverse=True):
        if path.is_file():
            made = target / path.relative_to(source)
            made.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, made)
            os.utime(made, (1_700_000_000, 1_700_000_000))
