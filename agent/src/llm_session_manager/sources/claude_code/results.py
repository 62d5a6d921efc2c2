"""Lines of type `user`: the person's prompts, and what the tools gave back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_session_manager.sources import outputs, values
from llm_session_manager.sources.claude_code import tail, wording
from llm_session_manager.sources.claude_code.edits import edit_of
from llm_session_manager.sources.claude_code.record import Agent, Json, Record
from llm_session_manager.sources.steps import REFUSALS, Result
from llm_session_manager.sources.values import fingerprint, mapping

if TYPE_CHECKING:
    from llm_session_manager import protocol
    from llm_session_manager.sources.claude_code.lines import Line
    from llm_session_manager.sources.steps import ErrorCategory

_COMMITS, _PULLS = 1, 2
_AGENT_TOOLS = frozenset({"Task", "Agent"})


def user(record: Record, line: Line, *, content: bool) -> None:
    """Take a line of type `user` in; a prompt's words are kept only if `content`."""
    message = mapping(line.entry.get("message"))
    parts = values.blocks(message.get("content"))
    for block in parts:
        if block.get("type") == "tool_result":
            _result(record, line, block)
    if line.sidechain or line.entry.get("isMeta") is True:
        return
    if line.entry.get("isCompactSummary") is True:
        record.recaps.add(line.key)
        return
    texts = [block["text"] for block in parts if isinstance(block.get("text"), str)]
    if any(wording.interrupted(words) for words in texts):
        _interrupt(record, line)
    elif line.entry.get("promptSource") != "system":
        _prompt(record, line, [own for words in texts if (own := wording.prompt(words))], content=content)


def _prompt(record: Record, line: Line, words: list[str], *, content: bool) -> None:
    if not words or line.at is None:
        return
    record.prompts[line.key] = line.at
    if content and (said := values.one_line(words[0], 500)):
        record.words[line.key] = said
    if line.fresh:
        record.fresh.add(line.key)
    tail.prompted(record, line)


def _interrupt(record: Record, line: Line) -> None:
    tail.interrupted(record, line)
    if line.at is not None:
        record.interrupts[line.key] = line.at
        if line.fresh:
            record.fresh.add(line.key)


def _result(record: Record, line: Line, block: Json) -> None:
    identity = values.text(block.get("tool_use_id"))
    if not identity or line.at is None:
        return
    key = fingerprint(identity)
    tail.returned(record, line, key)
    if key in record.results:
        return
    tool = record.tools.get(key)
    given = line.entry.get("toolUseResult")
    detail = mapping(given)
    output = values.words(block.get("content"))
    category: ErrorCategory | None = None
    if block.get("is_error") is True:
        category = wording.error_category(
            output or (given if isinstance(given, str) else ""), tool and tool.name
        )
    record.results[key] = Result(
        line.at, line.key, _outcome(category, detail), category, _duration(detail, tool, line)
    )
    if line.fresh:
        record.fresh.add(key)
    if category is None:
        _effects(record, line, key, detail, output)


def _effects(record: Record, line: Line, key: int, detail: Json, output: str) -> None:
    """What a successful call left behind."""
    at, tool = line.at or 0, record.tools.get(key)
    edit = edit_of(detail, at)
    if edit:
        record.edits[key] = [edit]
    flags = record.commands.get(key, 0)
    printed = output or values.words(detail.get("stdout"))
    if flags & _COMMITS:
        record.commits.update({(key, commit.sha): commit for commit in outputs.commits(printed, at)})
    if flags & _PULLS:
        record.pulls.update({(key, pull.url): pull for pull in outputs.pull_requests(printed, at)})
    agent = values.key(detail.get("agentId"))
    if agent and (tool is None or tool.name in _AGENT_TOOLS):
        calls = values.count(detail.get("totalToolUseCount"))
        kind = values.name(detail.get("agentType"))
        record.agents[agent] = Agent(kind, values.name(detail.get("status")), calls, at)


def _outcome(category: ErrorCategory | None, detail: Json) -> protocol.Outcome:
    if category is None:
        return "interrupted" if detail.get("interrupted") is True else "ok"
    if category in REFUSALS:
        return "refused"
    return "interrupted" if category == "interrupted" else "failed"


def _duration(detail: Json, tool: Any, line: Line) -> int | None:
    stated = values.count(detail.get("totalDurationMs")) or values.count(detail.get("durationMs"))
    if stated:
        return min(stated, 10**12)
    return None if tool is None or line.at is None else max(line.at - tool.at, 0) // 1000
