"""A person takes along what is held of them: one file, from the page, in both shapes."""

import json
from pathlib import Path

import pytest

from tests.e2e.pages import sign_in
from tests.e2e.people import Machine, Person
from tests.e2e.transcripts import ClaudeSession
from tests.support.browser import Screen
from tests.support.shapes.shape import Shape
from tests.support.waiting import until

pytestmark = pytest.mark.browser


def test_one_press_brings_everything_in_one_file(
    shape: Shape, anna: Person, machine: Machine, screen: Screen, tmp_path: Path
) -> None:
    session = ClaudeSession(tmp_path / "claude")
    session.prompt()
    tool = session.answer(output=100, tool="Bash")
    assert tool
    session.result(tool)
    machine.report_once(claude_code=tmp_path / "claude")
    anna.await_sessions({session.id})
    sign_in(screen.page, shape, anna, "/settings")
    with screen.page.expect_download() as coming:
        screen.page.get_by_role("button", name="Download my data").click()

    assert coming.value.suggested_filename.startswith("my-data-")
    taken = json.loads(Path(coming.value.path()).read_text())
    assert taken["account"]["account"]["email"] == anna.email
    assert [one["team_name"] for one in taken["account"]["memberships"]] == ["Shop"]
    assert len(taken["account"]["log_ins"]) == 2
    assert [one["scopes"] for one in taken["account"]["api_tokens"]] == ["agent"]
    (held,) = taken["work"]["sessions"]
    assert (held["native_id"], held["visibility"]) == (session.id, "private")
    assert held["output_tokens"] == sum(one["output"] for one in held["usage"]) == 100
    assert held["events"]
    assert len(taken["work"]["machines"]) == 1
    assert taken["insights"]["known_as"] == anna.user["username"]

    log = f"/api/teams/{anna.team_id}/audit"

    def noted() -> set[str] | None:
        found = {one["details"]["of"] for one in anna.get(log, action="account.exported")["items"]}
        return found if len(found) == 3 else None

    assert until(noted) == {"account", "sessions", "insights"}
