"""How much a client may say."""

from gateway.allowance import Allowance


def test_so_many_messages_in_any_minute():
    allowance = Allowance(per_minute=3, bad_frames=5)
    assert [allowance.take(at) for at in (0.0, 1.0, 59.0)] == [True] * 3
    assert allowance.take(60.5)
    assert not allowance.take(60.9)


def test_the_fifth_bad_frame_is_the_last():
    allowance = Allowance(per_minute=3, bad_frames=5)
    assert [allowance.forgive() for _ in range(5)] == [True] * 4 + [False]
