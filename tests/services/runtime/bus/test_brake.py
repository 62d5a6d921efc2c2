from services.runtime.bus.brake import Brake
from services.runtime.settings import Settings


def brake(**changes) -> Brake:
    return Brake(Settings(brake_window=10, brake_run=5, **changes))


def test_a_long_run_from_several_senders_puts_it_on():
    it = brake()
    assert [it.invalid(f"agent.{n % 3}") for n in range(6)] == [True, True, True, True, False, False]
    assert "in a row" in it.reason


def test_a_long_run_of_one_sender_does_not_until_the_window_is_full_of_it():
    it = brake()
    assert [it.invalid("agent.1") for _ in range(10)] == [True] * 9 + [False]
    assert "of the last 10" in it.reason


def test_a_valid_message_ends_the_run():
    it = brake()
    for n in range(12):
        assert it.invalid(f"agent.{n % 4}")
        it.valid()
    assert it.reason is None


def test_half_of_the_window_is_not_more_than_half():
    it = brake()
    for n in range(100):
        assert it.invalid(f"agent.{n}")
        it.valid()
    assert it.reason is None
    assert it.invalid("agent.1")
    assert not it.invalid("agent.2")


def test_what_left_the_window_counts_no_more():
    it = brake()
    for n in range(4):
        it.invalid(f"agent.{n}")
    for _ in range(10):
        it.valid()
    assert all(it.invalid("agent.1") for _ in range(5))


def test_it_stays_on():
    it = brake()
    for n in range(5):
        it.invalid(f"agent.{n}")
    reason = it.reason
    for _ in range(100):
        it.valid()
    assert not it.invalid("agent.1")
    assert it.reason == reason
