"""Logs are lines of JSON, the libraries' too, each with the id of what was being worked on."""

import json
import subprocess
import sys

import pytest
import structlog

from services.runtime.telemetry import HEADER, carried, correlation_id, new_correlation_id

BEGIN = """
import logging
import structlog
from services.runtime.telemetry import HEADER, configure_logging
configure_logging("INFO")
log = structlog.get_logger("services.test")
"""


def logged(*statements):
    """What a process of its own logs that does this."""
    program = BEGIN + "\n".join(statements)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_our_lines_and_the_libraries_are_json_with_their_id():
    ours, theirs = logged(
        "with structlog.contextvars.bound_contextvars(**{HEADER: 'one-report'}):",
        "    log.info('stored', sessions=3)",
        "    logging.getLogger('library').warning('slow %s', 'query')",
    )
    assert (ours["event"], ours["sessions"], ours["level"], ours[HEADER]) == (
        "stored",
        3,
        "info",
        "one-report",
    )
    assert ours["timestamp"].endswith("Z")
    assert (theirs["event"], theirs["level"], theirs[HEADER]) == ("slow query", "warning", "one-report")


def test_an_error_is_one_line_without_the_values_of_variables():
    (line,) = logged(
        "password = 'hun' + 'ter2'",
        "try:",
        "    password.missing",
        "except AttributeError:",
        "    log.exception('failed')",
    )
    assert "AttributeError" in line["exception"]
    assert "hunter2" not in json.dumps(line)


def test_libraries_that_talk_much_are_quiet():
    loud = ("httpx", "aiormq", "aio_pika", "uvicorn.access")
    assert logged(*(f"logging.getLogger({name!r}).info('request')" for name in loud)) == []


def test_an_id_is_made_where_there_is_none():
    assert correlation_id() != correlation_id()
    assert len(new_correlation_id()) == 32
    with structlog.contextvars.bound_contextvars(**{HEADER: "known"}):
        assert correlation_id() == "known"


@pytest.mark.parametrize("given", ["12345678", "a" * 64, "a.b-c_d9"])
def test_a_plain_id_is_carried_on(given):
    assert carried({HEADER: given}) == given


@pytest.mark.parametrize("given", ["", "1234567", "a" * 65, "with space", "new\nline", "quote'd-id"])
def test_any_other_is_replaced(given):
    assert carried({HEADER: given}) not in {"", given}
    assert len(carried({})) == 32
