"""Turns the lines of a transcript into the facts of its record."""

from llm_session_manager import protocol
from llm_session_manager.sources import values
from llm_session_manager.sources.calls import Call, Names, merged, unpacked
from llm_session_manager.sources.claude_code import results, tail, usage, wording
from llm_session_manager.sources.claude_code.owners import Owners
from llm_session_manager.sources.claude_code.record import Json, LastCall, Record
from llm_session_manager.sources.outputs import may_commit, may_open_pull_request
from llm_session_manager.sources.steps import PullSeen, Tool
from llm_session_manager.sources.values import fingerprint, mapping

COMMITS, PULLS = 1, 2
_PATHS = ("file_path", "notebook_path", "path")
_PLACED = frozenset({"user", "assistant", "system", "attachment", "progress"})
_TITLES = frozenset({"summary", "ai-title", "agent-name"})


class Line:
    """What the fields that all lines share say of one."""

    __slots__ = ("at", "copied", "entry", "fresh", "key", "lane", "sidechain")

    def __init__(self, entry: Json, lane: int, *, fresh: bool) -> None:
        self.entry = entry
        uuid = entry.get("uuid")
        self.key = fingerprint(uuid) if isinstance(uuid, str) and uuid else 0
        self.at = values.micros(entry.get("timestamp"))
        self.sidechain = entry.get("isSidechain") is True or lane != 0
        self.copied = entry.get("sessionKind") == "bg"
        self.lane = lane
        self.fresh = fresh

    @property
    def rank(self) -> int:
        return self.sidechain * 2 + self.copied


class Reader:
    """Reads the lines of one file, in their order. `lane` is that of a sub-agent's own file, else 0."""

    def __init__(self, record: Record, names: Names, owners: Owners, lane: int, tier: protocol.Tier) -> None:
        self.record = record
        self.session: int | None = None
        self._names = names
        self._owners = owners
        self._lane = lane
        self._content = tier == "content"
        self._before: tuple[object, ...] = ()

    def attach(self, session: int) -> None:
        """State whose file this is; what was read before counts, too."""
        self.session = session
        for key in self.record.keys():  # noqa: SIM118 - a record is no mapping
            self._hold(key, 2 if self._lane else 0)

    def read(self, entry: Json, *, fresh: bool) -> None:
        """Take one line in; `fresh` if the events it makes have not been handed out."""
        kind = str(entry.get("type"))
        line = Line(entry, self._lane, fresh=fresh)
        if kind in _PLACED:
            self._place(line)
        if line.at is not None:
            self._seen(line)
        elif self.record.times:
            line.at = self.record.times[-1]
        if kind in _PLACED:
            self._conversation(kind, line)
        elif kind == "pr-link":
            self._pull_request(line)
        elif kind in _TITLES:
            self._title(kind, entry)

    def _conversation(self, kind: str, line: Line) -> None:
        if kind == "assistant":
            self.record.worked = True
            self._assistant(line)
        elif kind == "user":
            self.record.worked = True
            results.user(self.record, line, content=self._content)
            if line.key in self.record.prompts:
                self._hold(line.key, line.rank)
        elif kind == "system":
            self._system(line)

    def _hold(self, key: int, rank: int) -> None:
        if self.session is not None and key:
            self._owners.add(key, self.session, rank)

    def _seen(self, line: Line) -> None:
        record, at = self.record, line.at or 0
        record.first, record.last = min(record.first, at), max(record.last, at)
        record.copied = record.copied or (line.copied and not record.lines)
        record.lines.append(line.key)
        record.times.append(at)
        record.ranks.append(line.rank)
        record.size += 1
        if line.sidechain:
            record.lane(line.lane).seen(at)

    def _place(self, line: Line) -> None:
        record, entry = self.record, line.entry
        if not line.key:
            line.key = fingerprint(f"{entry.get('timestamp')} {len(record.times)}")
        if line.sidechain:
            record.version = record.version or values.name(entry.get("version"))
            record.lane_directory = record.lane_directory or values.path(entry.get("cwd"))
            if not self._lane:
                line.lane = self._inline_lane(line)
            return
        place = (entry.get("cwd"), entry.get("gitBranch"), entry.get("version"))
        if place != self._before:
            self._before = place
            record.directory = record.directory or values.path(place[0])
            record.branch = values.name(place[1]) or record.branch
            record.version = values.name(place[2]) or record.version

    def _inline_lane(self, line: Line) -> int:
        """Old clients wrote sub-agents between the lines of the main chain: one lane for each root."""
        parent = values.text(line.entry.get("parentUuid"))
        lane = self.record.branches_of.get(fingerprint(parent)) if parent else None
        if lane is None:
            agent = values.key(line.entry.get("agentId")) or f"sidechain-{line.key:x}"
            lane = self._names.number(agent)
        if line.key:
            self.record.branches_of[line.key] = lane
        return lane

    def _title(self, kind: str, entry: Json) -> None:
        record = self.record
        if kind == "summary":
            title, leaf = values.one_line(entry.get("summary"), 500), values.text(entry.get("leafUuid"))
            if title and leaf:
                record.summaries = [*record.summaries[-19:], (fingerprint(leaf), title)]
            return
        field = "aiTitle" if kind == "ai-title" else "agentName"
        title = values.one_line(entry.get(field), 500)
        if title:
            record.titles[kind] = title

    def _pull_request(self, line: Line) -> None:
        entry, at = line.entry, line.at or 0
        url = values.path(entry.get("prUrl"))
        if url:
            key = fingerprint(url)
            number = values.count(entry.get("prNumber")) or None
            repository = values.name(entry.get("prRepository"))
            self.record.pulls.setdefault((line.key, url), PullSeen(number, url, repository, at))
            self._mark(line, key)

    def _mark(self, line: Line, key: int) -> None:
        if line.fresh:
            self.record.fresh.add(key)

    def _assistant(self, line: Line) -> None:
        message = mapping(line.entry.get("message"))
        if line.entry.get("isApiErrorMessage") is True:
            self._failure(line, values.words(message.get("content")))
            tail.failed(self.record, line)
            return
        if message.get("model") == "<synthetic>":
            return
        identity = values.text(message.get("id"))
        key = fingerprint(identity) if identity else line.key
        if not key or line.at is None:
            return
        self._calls(line, key, message)
        names = self._tools(line, key, message)
        tail.answered(self.record, line, message.get("stop_reason"), names)

    def _failure(self, line: Line, words: str) -> None:
        if line.at is not None and line.key:
            self.record.failures[line.key] = (line.at, wording.api_error_category(words))
            self._mark(line, line.key)

    def _calls(self, line: Line, key: int, message: Json) -> None:
        figures = mapping(message.get("usage"))
        if not figures:
            return
        final = message.get("stop_reason") is not None
        self._call(line, key, figures, message.get("model"), final=final)
        for number, advice, model in usage.advisors(figures):
            self._call(line, fingerprint(f"{key}/{number}"), advice, model, final=final)

    def _call(self, line: Line, key: int, figures: Json, model: str | None, *, final: bool) -> None:
        record, at = self.record, line.at or 0
        try:
            call = usage.call_of(
                figures,
                model,
                self._names,
                at=at,
                lane=line.lane,
                final=final,
                sidechain=line.sidechain,
                copied=line.copied,
            )
        except usage.Oversized:
            record.oversized += 1
            return
        before, packed = record.calls.get(key), call.packed()
        if before and before != packed:
            packed = merged(unpacked(before), call).packed()
        if packed != before:
            record.calls[key] = packed
            self._mark(line, key)
        self._hold(key, line.rank)
        self._latest(line, call)

    def _latest(self, line: Line, call: Call) -> None:
        record, at = self.record, line.at or 0
        if line.sidechain:
            lane = record.lane(line.lane)
            if at >= lane.model_at:
                lane.model, lane.model_at = call.model, at
            return
        record.largest_prompt = max(record.largest_prompt, call.prompt)
        if record.last_call is None or at >= record.last_call.at:
            record.last_call = LastCall(at, len(record.times), call.model, call.prompt + call.output)

    def _tools(self, line: Line, call: int, message: Json) -> dict[int, str]:
        used: dict[int, str] = {}
        for block in values.blocks(message.get("content")):
            tool, identity = values.name(block.get("name")), values.text(block.get("id"))
            if block.get("type") != "tool_use" or not identity:
                continue
            key = fingerprint(identity)
            used[key] = tool or "unknown"
            if key not in self.record.tools:
                self._tool(line, key, used[key], call, mapping(block.get("input")))
        return used

    def _tool(self, line: Line, key: int, tool: str, call: int, given: Json) -> None:
        record, at = self.record, line.at or 0
        path = next((found for field in _PATHS if (found := values.path(given.get(field)))), None)
        short = values.one_line(path, 500)
        order = len(record.tools)
        record.tools[key] = Tool(tool, at, values.content_print(given), call, line.lane, order, short)
        command = values.text(given.get("command")) if tool == "Bash" else None
        if command:
            flags = may_commit(command) * COMMITS + may_open_pull_request(command) * PULLS
            if flags:
                record.commands[key] = flags
        self._mark(line, key)

    def _system(self, line: Line) -> None:
        entry, record = line.entry, self.record
        subtype = entry.get("subtype")
        if subtype == "api_error":
            self._failure(line, str(entry.get("error") or entry.get("content") or ""))
        elif subtype == "compact_boundary" and line.at is not None:
            metadata = mapping(entry.get("compactMetadata"))
            record.compactions[line.key] = (line.at, values.size(metadata.get("preTokens")))
            self._mark(line, line.key)
            if not line.sidechain:
                record.last_compaction = max(record.last_compaction, line.at)
                tail.compacted(record, line, by_hand=metadata.get("trigger") == "manual")
        elif subtype == "turn_duration":
            tail.finished(record, line)
