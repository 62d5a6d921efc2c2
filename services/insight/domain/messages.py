"""What a webhook's receiver is sent: the same words, as each kind of receiver reads them."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from services.insight.domain.preferences import WebhookKind


@dataclass(frozen=True, slots=True)
class Message:
    """`url` is where to read more, `None` where the server does not know its own address."""

    id: UUID
    kind: str
    team_id: UUID
    title: str
    text: str
    at: str
    url: str | None
    facts: Mapping[str, str] = field(default_factory=dict)


def body_for(kind: WebhookKind, message: Message) -> bytes:
    """Write the message for this kind of receiver."""
    if kind == "slack":
        return orjson.dumps(_slack(message))
    if kind == "teams":
        return orjson.dumps(_teams(message))
    return orjson.dumps(_generic(message))


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Sign as `v1=` and the hex HMAC-SHA256 of `timestamp.body`."""
    signed = timestamp.encode() + b"." + body
    return f"v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def _slack(message: Message) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = [_section(f"*{_mrkdwn(message.title)}*\n{_mrkdwn(message.text)}")]
    if message.facts:
        lines = [f"*{_mrkdwn(name)}*\n{_mrkdwn(value)}" for name, value in message.facts.items()]
        blocks.append({"type": "section", "fields": [_mark(line) for line in lines[:10]]})
    if message.url:
        blocks.append(_section(f"<{message.url}|Open in Team Dashboard>"))
    return {"text": _mrkdwn(message.title), "blocks": blocks, "unfurl_links": False}


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _mark(text)}


def _mark(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _mrkdwn(text: str) -> str:
    """Slack reads nothing into a text whose three signs are escaped, links and @channel included."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _teams(message: Message) -> dict[str, Any]:
    body = [_line(_run(message.title, bold=True)), _line(_run(message.text))]
    body += [_line(_run(f"{name}: ", bold=True), _run(value)) for name, value in message.facts.items()]
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    if message.url:
        open_it = {"type": "Action.OpenUrl", "title": "Open in Team Dashboard", "url": message.url}
        card["actions"] = [open_it]
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": card,
    }
    return {"type": "message", "attachments": [attachment]}


def _line(*runs: dict[str, Any]) -> dict[str, Any]:
    # Of the texts of a card, only these are never read as Markdown.
    return {"type": "RichTextBlock", "inlines": list(runs)}


def _run(text: str, *, bold: bool = False) -> dict[str, Any]:
    return {"type": "TextRun", "text": text} | ({"weight": "Bolder"} if bold else {})


def _generic(message: Message) -> dict[str, Any]:
    return {
        "id": str(message.id),
        "kind": message.kind,
        "team_id": str(message.team_id),
        "title": message.title,
        "text": message.text,
        "facts": dict(message.facts),
        "url": message.url,
        "at": message.at,
    }
