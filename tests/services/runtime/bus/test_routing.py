import pytest

from services.runtime.bus import Exchange, Queue
from services.runtime.bus.routing import matches, takers

TOPIC, DIRECT = Exchange("t", "topic"), Exchange("d", "direct")


@pytest.mark.parametrize(
    ("pattern", "key", "is_match"),
    [
        ("a.b", "a.b", True),
        ("a.b", "a.c", False),
        ("a.*", "a.b", True),
        ("a.*", "a", False),
        ("a.*", "a.b.c", False),
        ("*", "a", True),
        ("#", "", True),
        ("#", "a.b.c", True),
        ("a.#", "a", True),
        ("a.#", "a.b.c", True),
        ("a.#", "b.a", False),
        ("#.z", "z", True),
        ("#.z", "a.b.z", True),
        ("#.z", "a.z.b", False),
        ("a.#.z", "a.z", True),
        ("a.#.z", "a.b.c.z", True),
        ("a.*.#", "a", False),
        ("a.*.#", "a.b", True),
        ("#.#", "a.b", True),
        ("*.*", "a..b", False),
        ("*.*.*", "a..b", True),
    ],
)
def test_topics_match_as_on_a_broker(pattern, key, is_match):
    assert matches(TOPIC, pattern, key) is is_match


def test_a_direct_exchange_knows_no_wildcards():
    assert matches(DIRECT, "a.b", "a.b")
    assert not matches(DIRECT, "a.*", "a.b")
    assert not matches(DIRECT, "#", "a.b")


def test_a_queue_bound_twice_takes_a_message_once():
    twice = Queue("twice", ((TOPIC, "a.#"), (TOPIC, "#.b")))
    other = Queue("other", ((DIRECT, "a.b"),))
    assert takers([twice, other], TOPIC, "a.b") == ["twice"]
    assert takers([twice, other], DIRECT, "a.b") == ["other"]
    assert takers([twice, other], TOPIC, "c") == []
