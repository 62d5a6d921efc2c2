"""The tool calls of a session: reading, searching, editing, running, and how they go wrong."""

from collections.abc import Iterator, Mapping
from random import Random

from llm_session_manager.protocol import Outcome
from services.demo.moments import Edit, Moment, Used
from services.demo.plots import Mood, Plot

WORKING = "the model is working"
ASKS = "asks to run a command"
COMMANDS = ("tests", "build", "lint", "git status", "git diff", "types", "install")
FAILING: Mapping[Mood, float] = {
    "steady": 0.05, "tangled": 0.26, "stuck": 0.14, "failing": 0.07, "heavy": 0.05, "lost": 0.62,
}  # fmt: skip
SHELL_FAULTS = ("exit_code", "exit_code", "exit_code", "timeout")


class Toolbox:
    def __init__(self, plot: Plot, draw: Random) -> None:
        self._plot = plot
        self._kit = plot.kit
        self._draw = draw
        self._failing = FAILING[plot.mood]
        self._touched: set[str] = set()
        # The draws for the files are their own, so that a longer list changes no other.
        choose = Random(f"{plot.key}/files")
        files = plot.project.files
        self._files = choose.sample(files, k=choose.randint(2, len(files))) + list(plot.project.tests)

    def uses(self, at: float, lane: str | None) -> Iterator[list[Moment]]:
        """Give one or two calls, or the same one again and again where the session is stuck."""
        if lane is None and self._plot.mood in {"stuck", "lost"} and self._draw.random() < 0.03:
            yield from self._loop(at)
            return
        for _ in range(self._draw.choice((1, 1, 1, 2))):
            made = self._one(at, lane)
            at = made[-1].at
            yield made

    def _one(self, at: float, lane: str | None) -> list[Moment]:
        kind = self._draw.choices(("read", "search", "edit", "shell"), (34, 16, 26, 24))[0]
        if kind == "edit" and lane is None:
            return self._edit(at)
        if kind == "shell" and lane is None:
            return self._run(at)
        name = self._kit.search if kind == "search" else self._kit.read
        target = self._draw.choice(self._plot.project.files)
        return self._call(at, name, target, self._draw.uniform(0.2, 1.5), lane=lane, is_file=True)

    def _edit(self, at: float) -> list[Moment]:
        path = self._draw.choice(self._files)
        if self._draw.random() < self._failing:
            return self._call(at, self._kit.edit, path, 0.4, "failed", "edit_mismatch", is_file=True)
        new = path in self._plot.project.tests and path not in self._touched
        self._touched.add(path)
        added = int(self._draw.lognormvariate(2.3, 0.9)) + 1
        removed = 0 if new else int(added * self._draw.uniform(0, 0.9))
        edit = Edit(path, "added" if new else "updated", added * (5 if new else 1), removed)
        return self._call(at, self._kit.edit, path, 0.6, is_file=True, edit=edit)

    def _run(self, at: float) -> list[Moment]:
        command = self._draw.choice(COMMANDS)
        made: list[Moment] = []
        if self._draw.random() < 0.06:
            made.append(Moment(at + 0.2, "waiting", ASKS))
            at += self._draw.uniform(6, 70)
            if self._draw.random() < 0.2:
                return made + self._call(at, self._kit.shell, command, 0.1, "refused", "rejected")
        seconds = min(self._draw.lognormvariate(1.4, 0.9), 60)
        if self._draw.random() < self._failing * 1.6:
            fault = self._draw.choice(SHELL_FAULTS)
            return made + self._call(at, self._kit.shell, command, seconds, "failed", fault)
        return made + self._call(at, self._kit.shell, command, seconds)

    def _loop(self, at: float) -> Iterator[list[Moment]]:
        command = self._draw.choice(COMMANDS[:3])
        for _ in range(self._draw.randint(4, 8 if self._plot.mood == "stuck" else 12)):
            made = self._call(at, self._kit.shell, command, 3.0, "failed", "exit_code")
            at = made[-1].at + self._plot.pace.think / 2
            yield made

    def _call(
        self,
        at: float,
        name: str,
        target: str,
        seconds: float,
        outcome: Outcome = "ok",
        category: str | None = None,
        *,
        lane: str | None = None,
        is_file: bool = False,
        edit: Edit | None = None,
    ) -> list[Moment]:
        """Begin a call and bring it to its end."""
        ends = at + 0.1 + seconds
        return [
            Moment(at + 0.1, "active", f"running {name}"),
            Used(ends, "active", WORKING, name, target, is_file, outcome, category, seconds, lane, edit),
        ]
