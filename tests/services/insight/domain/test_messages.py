import hashlib
import hmac
import json
from uuid import UUID

from services.insight.domain.messages import Message, body_for, signature
from tests.support.builders import TEAM

HOSTILE = "<!channel> *bold* [a](http://x) & <http://x|y> `c`"
TOLD = Message(
    id=UUID(int=5), kind="health_alert", team_id=TEAM, title=f"Health of {HOSTILE} fell to 30",
    text="Context 95 % full", at="2026-03-01T12:00:00Z", url="https://board.example/sessions/1",
    facts={"Machine": HOSTILE},
)  # fmt: skip


def test_slack_reads_nothing_into_what_is_told():
    body = json.loads(body_for("slack", TOLD))
    texts = json.dumps(body)
    assert "<!channel>" not in texts
    assert "&lt;!channel&gt;" in texts
    assert body["blocks"][-1]["text"]["text"] == "<https://board.example/sessions/1|Open in Team Dashboard>"
    assert all(block["text"]["verbatim"] for block in body["blocks"] if "text" in block)


def test_teams_gets_a_card_whose_texts_are_read_as_they_are():
    body = json.loads(body_for("teams", TOLD))
    card = body["attachments"][0]["content"]
    assert (body["type"], card["type"], card["version"]) == ("message", "AdaptiveCard", "1.4")
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert card["body"][2]["inlines"][1]["text"] == HOSTILE
    assert card["actions"][0]["url"] == TOLD.url


def test_a_generic_receiver_gets_plain_facts():
    body = json.loads(body_for("generic", TOLD))
    assert (body["kind"], body["title"], body["facts"], body["url"]) == (
        "health_alert", TOLD.title, {"Machine": HOSTILE}, TOLD.url,
    )  # fmt: skip


def test_without_an_address_of_its_own_a_server_names_none():
    here = Message(**{name: getattr(TOLD, name) for name in TOLD.__slots__} | {"url": None})
    assert "actions" not in json.loads(body_for("teams", here))["attachments"][0]["content"]
    assert "Open in" not in body_for("slack", here).decode()


def test_a_signature_is_the_hmac_of_time_and_body():
    expected = hmac.new(b"secret", b"1767225600.{}", hashlib.sha256).hexdigest()
    assert signature("secret", "1767225600", b"{}") == f"v1={expected}"
    assert signature("secret", "1767225601", b"{}") != f"v1={expected}"
