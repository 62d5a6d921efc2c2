"""What is measured of analytics, at a thousandth of its size on one line of services; what is promised."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from llm_session_manager.protocol import Report
from tests.load import analytics, export, flow
from tests.load.analytics import Answered, Load, questions
from tests.load.export import Written
from tests.load.flow import Flow
from tests.load.limits import Limits
from tests.load.line import Line
from tests.load.reporters import Reporters, authors
from tests.load.sessions import Asked
from tests.support.builders import START
from tests.support.fixtures import missing
from tests.support.servers.programs import ProgramMissingError


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    try:
        modules = tmp_path_factory.mktemp("modules")
        made = Line(analytics.TARGETS, export.as_installed(modules), analytics.OWN)
    except ProgramMissingError as error:
        missing(error)
    with made:
        yield made


@pytest.mark.servers
def test_every_report_gets_through(line: Line) -> None:
    """First of all, as it counts all facts there are."""
    flowed = asyncio.run(flow.measure(line, flow.Sizes.scaled(0.001)))
    assert flowed.lost == 0
    assert flowed.sent == 40
    assert flowed.most > 0
    assert min(flowed.limits.publish, flowed.limits.consume, flowed.limits.upsert) > 0
    assert flowed.table().startswith(flow.MARKS[0])


@pytest.mark.servers
def test_every_question_is_answered_while_reports_come(line: Line) -> None:
    with ExitStack() as opened:
        load = Load(1_000, rate=20, seconds=1, reports=20, live=10)
        measurement = analytics.Measurement(opened, line, load)
        measurement.fill()
        found = asyncio.run(measurement.run())
    assert sum(len(one.milliseconds) for one in found.asked) == 20
    assert not any(one.failures for one in found.asked)
    assert found.rows["analytics_usage"] >= 5_000
    assert found.rows["analytics_rollup"] > 1_000
    assert analytics.table([found]).startswith(analytics.MARKS[0])


@pytest.mark.servers
def test_every_file_is_read_alike(line: Line) -> None:
    with export.files(1_000, line) as made:
        written = [made.write(form) for form in export.READERS]
    assert [one.broken() for one in written] == [[]] * len(written)
    assert {one.expected["rows"] for one in written} == {1_003}


def test_a_report_tells_its_turn_in_its_tokens() -> None:
    reporters = Reporters(authors(2, 2), sessions=3)
    told = [Report.model_validate_json(reporters.body(number)) for number in range(7)]
    assert [one.n for one in told] == [1, 1, 1, 2, 2, 2, 3]
    assert [one.session.native_id for one in told[:4]] == ["native-0", "native-1", "native-2", "native-0"]
    for one in told:
        assert sum(use.input for use in one.session.usage) == one.n
    reporters.sent = 7
    assert reporters.expected() == sum(sorted({one.session.native_id: one.n for one in told}.values())) == 7


FLOWED = Flow(
    flow.Sizes(), 240_000, 120.0, 1.0, 0, [900], {"ingest": 90.0}, 3_000, Limits(9_000, 12_000, 30_000)
)


@pytest.mark.parametrize(
    ("made", "broken"),
    [
        (FLOWED, []),
        (replace(FLOWED, lost=3), ["3 reports are not in the facts"]),
        (replace(FLOWED, seconds=150.0), ["1,600 reports a second were sent, not 2,000"]),
        (replace(FLOWED, lag=5.1), ["5.1 s behind after the last report"]),
    ],
)
def test_what_is_promised_of_reports(made: Flow, broken: list[str]) -> None:
    assert made.broken() == broken


def test_the_share_of_the_limits_is_told() -> None:
    assert "| aio-pika: publish, confirmed | 9,000 | 33 % |" in FLOWED.table()
    assert "| 2,000 | 120 s | 900 | 1.00 s | 0 % | 0 % | 74 % | 0 % |" in FLOWED.table()


@pytest.mark.parametrize(
    ("milliseconds", "failures", "behind", "broken"),
    [
        ([1.0] * 100, 0, 0, []),
        ([1.0] * 98 + [150.0] * 2, 0, 0, ["150 ms: **all `/api/analytics/team`**"]),
        ([1.0] * 100, 2, 0, ["2 failures: team, 7 days"]),
        ([1.0] * 100, 0, 2_501, ["2,501 reports behind"]),
    ],
)
def test_what_is_promised_of_questions(
    milliseconds: list[float], failures: int, behind: int, broken: list[str]
) -> None:
    asked: Asked = questions(START)[0]
    asked.milliseconds, asked.failures = milliseconds, failures
    assert Answered(Load(1_000), [asked], behind).broken() == broken


SUMS = {"rows": 2, "tokens": 30, "errors": 1}


@pytest.mark.parametrize(
    ("grown", "read", "broken"),
    [
        (20.0, SUMS, []),
        (101.0, SUMS, ["csv: 101 MB"]),
        (20.0, SUMS | {"tokens": 29}, ["csv: pandas reads other sums"]),
    ],
)
def test_what_is_promised_of_files(grown: float, read: dict[str, int], broken: list[str]) -> None:
    assert Written("csv", 10, 1.0, 90.0, grown, SUMS, {"pandas": read}).broken() == broken


def test_a_spreadsheet_reads_what_is_unknown_as_nothing(tmp_path: Path) -> None:
    file = tmp_path / "sessions.csv"
    file.write_text("tokens_total,errors\r\n30,\r\n,1\r\n")
    assert export.by_csv(file) == SUMS
