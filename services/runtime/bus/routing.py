"""Which binding takes which routing key: the rules of AMQP."""

from collections.abc import Iterable, Sequence

from services.runtime.bus import Exchange, Queue


def matches(exchange: Exchange, pattern: str, routing_key: str) -> bool:
    """On a topic exchange `*` stands for one word and `#` for any number of them; else keys are equal."""
    if exchange.kind == "direct":
        return pattern == routing_key
    return _words_match(pattern.split("."), routing_key.split("."))


def takers(queues: Iterable[Queue], exchange: Exchange, routing_key: str) -> list[str]:
    """Names of the queues that get this message, each once."""
    return [
        queue.name
        for queue in queues
        if any(
            bound.name == exchange.name and matches(exchange, pattern, routing_key)
            for bound, pattern in queue.bindings
        )
    ]


def _words_match(pattern: Sequence[str], words: Sequence[str]) -> bool:
    if not pattern:
        return not words
    if pattern[0] == "#":
        return any(_words_match(pattern[1:], words[skipped:]) for skipped in range(len(words) + 1))
    return bool(words) and pattern[0] in ("*", words[0]) and _words_match(pattern[1:], words[1:])
