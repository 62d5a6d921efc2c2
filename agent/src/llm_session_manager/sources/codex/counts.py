"""Codex counts tokens in running totals; this turns them into calls."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from llm_session_manager import protocol
from llm_session_manager.sources.calls import Call
from llm_session_manager.sources.values import MAX_CALL_TOKENS, figure, mapping


class Vector(NamedTuple):
    """Token counts by component; `input` includes `cached` and `written`, `output` includes `reasoning`.

    `total_tokens` is no component: after an overflow of the context it is not their sum.
    """

    input: int
    cached: int
    written: int
    output: int
    reasoning: int

    @classmethod
    def of(cls, usage: Any) -> "Vector":
        given = mapping(usage)
        return cls(
            figure(given.get("input_tokens")),
            figure(given.get("cached_input_tokens")),
            figure(given.get("cache_write_input_tokens")),
            figure(given.get("output_tokens")),
            figure(given.get("reasoning_output_tokens")),
        )

    def minus(self, other: "Vector") -> "Vector":
        return Vector(*(mine - theirs for mine, theirs in zip(self, other, strict=True)))


class Count(NamedTuple):
    """One `token_count` at line `n`: the running total, the last response, the context in use after it."""

    n: int
    at: int
    total: Vector
    last: Vector
    context: int
    model: int

    @property
    def vectors(self) -> tuple[Vector, Vector]:
        return self.total, self.last


class Spent(NamedTuple):
    """One call; `band` is the price band of its whole prompt."""

    n: int
    call: Call
    band: int
    context: int | None


def spent(counts: Iterable[Count], baseline: Vector | None, tier: int) -> Iterator[Spent]:
    """The calls behind running totals, from `baseline` on (`None`: from zero).

    An unchanged total is a repeat; where any component fell the counter began again.
    """
    before = baseline
    for one in counts:
        if one.total == before:
            continue
        if before is None:
            step = one.total
        else:
            step = one.total.minus(before)
            if min(step) < 0:
                step = one.last
        before = one.total
        if any(step):
            yield _spent(one, step, tier)


def stated(responses: Iterable[Count], tier: int) -> Iterator[Spent]:
    """The calls that are stated one by one, in files without running totals."""
    return (_spent(one, one.last, tier) for one in responses if any(one.last))


def oversized(one: Spent) -> bool:
    return one.call.tokens > MAX_CALL_TOKENS


def _spent(one: Count, step: Vector, tier: int) -> Spent:
    uncached = max(step.input - step.cached - step.written, 0)
    call = Call(
        at=one.at,
        input=uncached,
        output=step.output,
        cache_read=step.cached,
        write_5m=step.written,
        write_1h=0,
        reasoning=min(step.reasoning, step.output),
        model=one.model,
        tier=tier,
        lane=0,
        sidechain=False,
        copied=False,
        final=True,
    )
    prompt = one.last.input if 0 < one.last.input <= step.input else step.input
    return Spent(one.n, call, protocol.prompt_band(prompt), one.context or None)
