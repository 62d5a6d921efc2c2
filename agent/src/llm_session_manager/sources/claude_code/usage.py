"""Tokens of a model call as Claude Code states them."""

from collections.abc import Iterator
from typing import Any

from llm_session_manager.sources.calls import Call, Names
from llm_session_manager.sources.values import MAX_CALL_TOKENS, figure, mapping, name, sequence


class Oversized(ValueError):  # noqa: N818 - it names what the message is
    """A message states more tokens than any model takes: its figures are not known."""


def call_of(
    usage: dict[str, Any],
    model: str | None,
    names: Names,
    *,
    at: int,
    lane: int,
    final: bool,
    sidechain: bool,
    copied: bool,
) -> Call:
    """One line's view of a call. Raises `Oversized`."""
    split = mapping(usage.get("cache_creation"))
    write_1h = figure(split.get("ephemeral_1h_input_tokens"))
    write_5m = figure(split.get("ephemeral_5m_input_tokens"))
    write_5m += max(figure(usage.get("cache_creation_input_tokens")) - write_5m - write_1h, 0)
    uncached, output = figure(usage.get("input_tokens")), figure(usage.get("output_tokens"))
    read = figure(usage.get("cache_read_input_tokens"))
    if uncached + output + read + write_5m + write_1h > MAX_CALL_TOKENS:
        raise Oversized
    return Call(
        at,
        uncached,
        output,
        read,
        write_5m,
        write_1h,
        0,
        names.number(name(model)),
        names.number(_tier(usage)),
        lane,
        sidechain,
        copied,
        final,
    )


def advisors(usage: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any], str | None]]:
    """The calls inside a call that its own figures leave out: number, usage, model."""
    for number, iteration in enumerate(sequence(usage.get("iterations"))):
        if isinstance(iteration, dict) and iteration.get("type") == "advisor_message":
            figures = mapping(iteration.get("usage")) or iteration
            yield number, figures, iteration.get("model")


def _tier(usage: dict[str, Any]) -> str:
    if usage.get("speed") == "fast":
        return "fast"
    return name(usage.get("service_tier")) or "standard"
