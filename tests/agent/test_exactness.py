"""Whatever happens in between, the server ends with the newest facts and every event."""

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from llm_session_manager import protocol
from llm_session_manager.collector import Collector
from llm_session_manager.redact import Redaction
from llm_session_manager.sources import Cursor
from llm_session_manager.spool import tables
from llm_session_manager.spool.outgoing import Outgoing
from llm_session_manager.spool.store import Spool
from llm_session_manager.status import Evidence
from tests.agent.dashboard import Holding
from tests.agent.spools import balance
from tests.agent.test_collector import Witness
from tests.agent.transcripts import AT, LineSource, append

NAMES = st.sampled_from(["s1", "s2", "s3"])


class Agent(RuleBasedStateMachine):
    """Files grow, scans run, answers get lost, the agent is killed, the server forgets."""

    @initialize()
    def begin(self) -> None:
        self.path = Path(tempfile.mkdtemp())
        self.connection = tables.open_memory()
        self.held = Holding()
        self.written: defaultdict[str, list[str]] = defaultdict(list)
        self.late: list[Outgoing] = []
        self.witness = Witness(Evidence("running"))
        self.start()

    def start(self) -> None:
        self.spool = Spool(self.connection, now=lambda: 1_800_000_000.0)
        self.collector = Collector(
            self.open, self.spool, self.witness, Redaction("metadata"), hostname="box", header_bytes=100_000,
            now=lambda: AT + timedelta(seconds=1),
        )  # fmt: skip

    def open(self, cursors: Mapping[Path, Cursor]) -> list[LineSource]:
        return [LineSource(self.path, cursors)]

    @rule(name=NAMES, count=st.integers(1, 5))
    def grow(self, name: str, count: int) -> None:
        for _ in range(count):
            self.written[name].append(f"{name}-{len(self.written[name])}")
            append(self.path / f"{name}.jsonl", self.written[name][-1])

    @rule(name=NAMES)
    def half_a_line(self, name: str) -> None:
        if name in self.written:
            with (self.path / f"{name}.jsonl").open("a") as file:
                file.write(" ")

    @rule()
    def scan(self) -> None:
        self.collector.refresh()

    @rule(name=NAMES)
    def notice(self, name: str) -> None:
        self.collector.refresh([self.path / f"{name}.jsonl"])

    @rule(life=st.sampled_from(["running", "gone", "unseen"]))
    def process_changes(self, life: str) -> None:
        self.witness.says = Evidence(life)
        self.collector.reconsider()

    @rule(data=st.data(), limit=st.integers(1, 4))
    def send(self, data: st.DataObject, limit: int) -> None:
        """Of some reports: taken and confirmed, taken but the answer is lost, taken only later, or lost."""
        confirmed = []
        for one in self.spool.outgoing("metadata", limit=limit):
            fate = data.draw(st.sampled_from(["confirmed", "answer lost", "late", "lost"]))
            if fate in {"confirmed", "answer lost"}:
                self.take([one])
            if fate == "confirmed":
                confirmed.append(one)
            if fate == "late":
                self.late.append(one)
        self.spool.settle(confirmed=confirmed)

    @rule()
    def late_ones_arrive(self) -> None:
        self.take(self.late[::-1])
        self.late = []

    @rule(meanwhile=NAMES, life=st.sampled_from(["running", "gone"]))
    def send_while_things_change(self, meanwhile: str, life: str) -> None:
        flying = self.spool.outgoing("metadata")
        if life == "running":
            self.grow(meanwhile, 1)
        self.process_changes(life)
        self.scan()
        self.take(flying)
        self.spool.settle(confirmed=flying)

    @rule()
    def restart(self) -> None:
        """As after a kill: only what was committed is known."""
        self.start()

    @rule()
    def server_forgets(self) -> None:
        self.held = Holding()
        self.late = []
        self.spool.forget(None)
        self.collector.reset()

    @rule(above=st.integers(0, 10))
    def epoch(self, above: int) -> None:
        self.spool.start_epoch(self.spool.epoch + above)
        self.collector.reset()

    def take(self, reports: Sequence[Outgoing]) -> None:
        for one in reports:
            self.held.take(protocol.Report.model_validate_json(one.body))

    @invariant()
    def counters_balance(self) -> None:
        if hasattr(self, "spool"):
            balance(self.spool)

    def teardown(self) -> None:
        if hasattr(self, "spool"):
            try:
                self.settle_all()
            finally:
                self.connection.close()
                shutil.rmtree(self.path)

    def settle_all(self) -> None:
        """Once everything was sent, both sides know the same."""
        self.late_ones_arrive()
        # With a process seen, no status depends on what an agent saw before it was started again.
        self.witness.says = Evidence("running")
        self.collector.refresh()
        self.collector.reconsider()
        while flying := self.spool.outgoing("metadata"):
            self.take(flying)
            self.spool.settle(confirmed=flying)
        wanted = sorted(name for names in self.written.values() for name in names)
        assert self.held.event_ids() == wanted
        told = {facts.native_id: facts for _, facts in self.held.facts.values()}
        assert told == {facts.native_id: facts for facts in self.collector.sessions()}
        calls = {name: facts.tool_calls for name, facts in told.items()}
        assert calls == {name: len(names) for name, names in self.written.items()}
        self.start()
        assert self.collector.refresh() == 0, "a restart has nothing new to say"


TestExactness = Agent.TestCase
TestExactness.settings = settings(max_examples=100, stateful_step_count=25, deadline=None)
