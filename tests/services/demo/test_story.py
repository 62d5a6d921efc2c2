"""What holds for every session of the demo, however it goes."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from llm_session_manager.protocol import REPORT_BYTES, Report
from services.demo.schedule import cast, history
from services.demo.script import write
from services.demo.story import Story

NOW = datetime(2026, 11, 18, 15, 7, tzinfo=UTC)
# Every tool and every mood there is, each in the shortest session that has it.
ALL = sorted([*history("demo", NOW), *cast("demo", NOW)], key=lambda plot: -plot.seconds)
TYPICAL = {plot.kit.tool: plot for plot in ALL} | {plot.mood: plot for plot in ALL if plot.seconds > 3000}
PLOTS = list(dict.fromkeys(TYPICAL.values()))
GROWING = (
    "active_seconds", "user_messages", "assistant_messages", "tool_calls", "errors", "refusals", "api_errors",
    "compactions", "files_changed", "longest_repeat", "last_activity_at",
)  # fmt: skip
FOLLOWING = {
    None: {"active"},
    "active": {"active", "waiting", "error", "ended"},
    "waiting": {"waiting", "active", "idle", "ended"},
    "idle": {"idle", "active", "ended"},
    "error": {"error", "active", "waiting", "ended"},
    "ended": set(),
}
each_plot = pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: f"{plot.kit.tool}-{plot.mood}-{plot.key}")


def told(plot, seconds):
    """All reports of a session that is looked at this often."""
    story, at, reports = Story(plot), plot.started_at, []
    while not story.is_over:
        at += timedelta(seconds=seconds)
        reports += story.go_on(at)
    return reports


def spent(report):
    return sum(
        use.input + use.output + use.cache_read + use.cache_write_5m + use.cache_write_1h
        for use in report.session.usage
    )


@each_plot
def test_reports_are_valid_and_bounded(plot):
    for report in told(plot, 100):
        encoded = report.model_dump_json()
        assert Report.model_validate_json(encoded) == report
        assert len(encoded.encode()) <= REPORT_BYTES


@each_plot
def test_totals_only_grow_and_order_follows_time(plot):
    for before, after in pairwise(told(plot, 20)):
        assert (after.epoch, after.n) > (before.epoch, before.n)
        assert spent(after) >= spent(before)
        for name in GROWING:
            assert getattr(after.session, name) >= getattr(before.session, name), name


@each_plot
def test_statuses_follow_each_other_as_they_may(plot):
    status, at = None, -1.0
    for moment in write(plot):
        assert moment.at >= at
        assert moment.status in FOLLOWING[status]
        # Where two moments fall together nobody sees the first.
        assert moment.at > at or moment.status == status
        status, at = moment.status, moment.at
    assert (status, at) == ("ended", plot.seconds)


@each_plot
def test_parts_add_up_to_their_totals(plot):
    reports = told(plot, 1000)
    last, events = reports[-1].session, [event for report in reports for event in report.events]
    assert len({event.id for event in events}) == len(events)
    assert last.tool_calls == sum(tool.calls for tool in last.tools)
    assert last.errors == sum(tool.errors for tool in last.tools) == sum(last.error_categories.values())
    kinds = Counter(event.kind for event in events)
    assert kinds["tool"] == last.tool_calls
    assert kinds["prompt"] == last.user_messages
    assert kinds["commit"] == len(last.commits)
    assert kinds["compaction"] == last.compactions
    if plot.kit.books == "context":
        assert last.provenance == "unknown"
        assert not last.usage
    else:
        assert spent(reports[-1]) == sum(event.tokens or 0 for event in events)
        assert sum(use.calls for use in last.usage) == kinds["answer"]


@each_plot
def test_the_context_stays_in_its_window(plot):
    assert all((r.session.context_used or 0) <= r.session.context_window for r in told(plot, 60))


@each_plot
def test_how_often_one_looks_changes_nothing(plot):
    seldom, often = told(plot, 5000)[-1], told(plot, 7)[-1]
    assert seldom.session == often.session
    assert (seldom.epoch, seldom.n) == (often.epoch, often.n)


@each_plot
def test_the_past_has_a_report_for_every_quarter_hour_that_something_happened(plot):
    reports = Story(plot).by_bucket(plot.ends_at)
    quarters = {report.session.last_activity_at.timestamp() // 900 for report in reports}
    used = {use.at.timestamp() // 900 for use in reports[-1].session.usage}
    assert used <= quarters


def test_a_demo_has_something_of_everything():
    """What the page can show, some session shows."""
    ends = [told(plot, 1000)[-1].session for plot in ALL[::8]]
    for name in ("files", "commits", "pull_requests", "subagents", "memories", "error_categories", "tools"):
        assert any(getattr(end, name) for end in ends), name
    for name in ("refusals", "api_errors", "compactions"):
        assert any(getattr(end, name) for end in ends), name
