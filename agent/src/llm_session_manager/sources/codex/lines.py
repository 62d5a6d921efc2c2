"""Turns the lines of a rollout into the facts of its record."""

from collections.abc import Callable
from typing import Any

from llm_session_manager import protocol
from llm_session_manager.sources import values
from llm_session_manager.sources.calls import Names
from llm_session_manager.sources.codex import patches, tail, tools, wording
from llm_session_manager.sources.codex.counts import Count, Vector
from llm_session_manager.sources.codex.record import NO_TIME, Json, Meta, Prompt, Record
from llm_session_manager.sources.places import repository_name
from llm_session_manager.sources.values import fingerprint, mapping, size

_PROMPT_KEPT = 1000


class Reader:
    """Reads the lines of one rollout, in their order."""

    def __init__(self, record: Record, names: Names, tier: protocol.Tier) -> None:
        self.record = record
        self._names = names
        self._content = tier == "content"
        self._fresh = False
        self._events: dict[str, Callable[[int, int, Json], None]] = {
            "token_count": self._token_count,
            "user_message": self._user_message,
            "task_started": self._turn_started,
            "turn_started": self._turn_started,
            "task_complete": self._turn_complete,
            "turn_complete": self._turn_complete,
            "turn_aborted": self._turn_aborted,
            "context_compacted": self._note_compaction,
            "patch_apply_end": self._patch_applied,
            "mcp_tool_call_end": self._mcp_ended,
            "exec_command_end": self._command_ended,
            "agent_message": self._agent_message,
            "error": self._error,
            "stream_error": self._stream_error,
            "item_completed": self._item,
        }

    def read(self, entry: Json, *, fresh: bool) -> None:
        """Take one line in; `fresh` if the events it makes have not been handed out."""
        record, self._fresh = self.record, fresh
        n = len(record.times)
        at = values.micros(entry.get("timestamp"))
        record.times.append(NO_TIME if at is None else at)
        record.size += 1
        record.last = max(record.last, NO_TIME if at is None else at)
        at = self._time(n)
        kind, payload = entry.get("type"), entry.get("payload")
        if not isinstance(payload, dict):
            self._flat(n, at, entry)
        elif kind == "session_meta":
            self._meta(payload)
        elif kind == "turn_context":
            self._turn(n, payload)
            record.model = self._names.number(values.name(payload.get("model"))) or record.model
        elif kind == "response_item":
            self._item_of_conversation(n, at, payload)
        elif kind == "event_msg":
            handle = self._events.get(str(payload.get("type")))
            if handle:
                handle(n, at, payload)
        elif kind == "compacted":
            record.compacted[n] = at
            self._mark(n)
        elif kind == "token_usage_record":
            self._response(n, at, payload)

    def _time(self, n: int) -> int:
        """The time of a line; one without takes that of the line before."""
        times = self.record.times
        return next((times[i] for i in range(n, max(n - 50, -1), -1) if times[i] != NO_TIME), 0)

    def _mark(self, key: int) -> None:
        if self._fresh:
            self.record.fresh.add(key)

    def _meta(self, payload: Json) -> None:
        native_id = values.key(payload.get("id"))
        if not native_id:
            return
        self.record.metas.add(native_id)
        if self.record.meta is None:
            self.record.meta = _meta(native_id, payload)

    def _flat(self, n: int, at: int, entry: Json) -> None:
        """The format before autumn 2025: a header, then bare items."""
        record = self.record
        if record.meta is None and "type" not in entry and values.key(entry.get("id")):
            record.flat = True
            self._meta(entry)
        elif record.flat and entry.get("type"):
            self._item_of_conversation(n, at, entry)
            words = values.words(entry.get("content"))
            if entry.get("type") == "message" and entry.get("role") == "user" and wording.is_prompt(words):
                self._prompt(record.prompts, n, at, words)

    def _turn(self, n: int, payload: Json) -> None:
        turn = values.text(payload.get("turn_id"))
        if turn:
            self.record.turns.setdefault(fingerprint(turn), n)

    def _item_of_conversation(self, n: int, at: int, item: Json) -> None:
        record = self.record
        if item.get("type") == "message" and item.get("role") == "assistant":
            record.answers.append(n)
            self._agent_message(n, at, item)
        elif (key := tools.called(record, n, at, item)) is not None or (
            key := tools.returned(record, n, at, item)
        ) is not None:
            self._mark(key)

    def _token_count(self, n: int, at: int, payload: Json) -> None:
        info, record = payload.get("info"), self.record
        if not isinstance(info, dict):
            return
        record.window = size(info.get("model_context_window")) or record.window
        total, last = Vector.of(info.get("total_token_usage")), Vector.of(info.get("last_token_usage"))
        context = size(mapping(info.get("last_token_usage")).get("total_tokens"))
        if not any(total) and size(mapping(info.get("total_token_usage")).get("total_tokens")):
            context = record.window
        record.context, record.context_line = context, n
        if record.counts and record.counts[-1].vectors == (total, last):
            return
        record.counts.append(Count(n, at, total, last, context, record.model))
        self._mark(n)

    def _response(self, n: int, at: int, payload: Json) -> None:
        thread, identity = payload.get("thread_id"), values.text(payload.get("response_id"))
        own = self.record.meta is None or thread in (None, self.record.meta.native_id)
        if own and identity:
            usage = Vector.of(payload.get("usage"))
            one = Count(n, at, usage, usage, size(usage.input + usage.output), self.record.model)
            self.record.responses.setdefault(identity, one)
            self._mark(n)

    def _user_message(self, n: int, at: int, payload: Json) -> None:
        self._prompt(self.record.prompts, n, at, values.text(payload.get("message")) or "")

    def _prompt(self, prompts: list[Prompt], n: int, at: int, words: str) -> None:
        record = self.record
        kept = values.one_line(words, 500) if self._content else None
        prompts.append(Prompt(n, at, fingerprint(words), kept))
        record.first_prompt = record.first_prompt or words[:_PROMPT_KEPT]
        self._mark(n)
        if not record.turn_events:
            tail.state(record, "working", at)

    def _item(self, n: int, at: int, payload: Json) -> None:
        item = mapping(payload.get("item"))
        if item.get("type") == "UserMessage":
            self._prompt(self.record.item_prompts, n, at, values.words(item.get("content")))

    def _agent_message(self, _n: int, at: int, _payload: Json) -> None:
        if not self.record.turn_events:
            tail.state(self.record, "finished", at)

    def _turn_started(self, n: int, at: int, payload: Json) -> None:
        self.record.window = size(payload.get("model_context_window")) or self.record.window
        self._turn(n, payload)
        tail.turn(self.record, "working", at)

    def _turn_complete(self, n: int, at: int, payload: Json) -> None:
        self._turn(n, payload)
        if mapping(payload.get("error")):
            self._error(n, at, mapping(payload.get("error")))
        tail.turn(self.record, "api_error" if self.record.tail == "api_error" else "finished", at)

    def _turn_aborted(self, n: int, at: int, payload: Json) -> None:
        self._turn(n, payload)
        self.record.interrupts[n] = at
        self._mark(n)
        tail.turn(self.record, "interrupted", at)

    def _note_compaction(self, n: int, at: int, _payload: Json) -> None:
        self.record.compaction_notes[n] = at
        self._mark(n)

    def _error(self, n: int, at: int, payload: Json) -> None:
        words = values.json_text(payload)
        self.record.failures[n] = (at, wording.api_error_category(words))
        self._mark(n)
        tail.state(self.record, "api_error", at)

    def _stream_error(self, n: int, at: int, payload: Json) -> None:
        """A call that is tried again."""
        before = self.record.tail
        self._error(n, at, payload)
        tail.state(self.record, before, at)

    def _patch_applied(self, n: int, at: int, payload: Json) -> None:
        success = payload.get("success")
        key = tools.ended(self.record, n, at, payload, "edit_mismatch" if success is False else None)
        if key is not None and success is not False:
            self.record.applied[key] = patches.applied(payload.get("changes"), at)
        self._mark_ended(key)

    def _mcp_ended(self, n: int, at: int, payload: Json) -> None:
        result = mapping(payload.get("result"))
        failed = "Err" in result or mapping(result.get("Ok")).get("isError") is True
        self._mark_ended(tools.ended(self.record, n, at, payload, "other" if failed else None))

    def _command_ended(self, n: int, at: int, payload: Json) -> None:
        code: Any = payload.get("exit_code")
        failed = type(code) is int and code != 0
        self._mark_ended(tools.ended(self.record, n, at, payload, "exit_code" if failed else None))

    def _mark_ended(self, key: int | None) -> None:
        if key is not None:
            self._mark(key)


def _meta(native_id: str, payload: Json) -> Meta:
    source, git = payload.get("source"), mapping(payload.get("git"))
    subagent = mapping(source).get("subagent")
    spawn = mapping(mapping(subagent).get("thread_spawn"))
    spawner = payload.get("parent_thread_id") or spawn.get("parent_thread_id")
    parent = values.key(payload.get("forked_from_id")) or values.key(spawner)
    role = spawn.get("agent_role") or mapping(subagent).get("other") or subagent
    return Meta(
        native_id=native_id,
        parent=parent if parent != native_id else None,
        subagent=bool(subagent) or payload.get("thread_source") == "subagent",
        role=values.name(role) or values.name(spawn.get("agent_nickname")),
        directory=values.path(payload.get("cwd")),
        branch=values.name(git.get("branch")),
        repository=repository_name(values.text(git.get("repository_url"))),
        version=values.name(payload.get("cli_version")),
    )
