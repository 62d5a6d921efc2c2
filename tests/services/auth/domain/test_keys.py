"""Which generation of the key signs, and whose signatures are believed."""

from datetime import UTC, datetime, timedelta

import pytest

from services.auth.domain.keys import Generation, published, signing

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
LIVE = timedelta(minutes=11)


def at(**span: float) -> datetime:
    return START + timedelta(**span)


FIRST, SECOND = Generation(1, START), Generation(2, at(hours=1))


def believed(generations, now):
    return [each.number for each in published(generations, now, LIVE)]


@pytest.mark.parametrize(
    ("now", "signs", "numbers"),
    [
        (at(minutes=59), 1, [1, 2]),  # known before it signs
        (at(hours=1), 2, [1, 2]),  # the tokens of the first live on
        (at(hours=1, minutes=10), 2, [1, 2]),
        (at(hours=1, minutes=11), 2, [2]),
        (at(days=300), 2, [2]),
    ],
)
def test_one_follows_the_other(now, signs, numbers):
    assert signing([FIRST, SECOND], now).number == signs
    assert believed([FIRST, SECOND], now) == numbers


def test_what_is_revoked_neither_signs_nor_is_believed():
    revoked = Generation(2, SECOND.signs_from, revoked_at=at(hours=2))
    third = Generation(3, at(hours=2))
    assert signing([FIRST, revoked, third], at(hours=2)).number == 3
    assert believed([FIRST, revoked, third], at(hours=2)) == [3]


def test_one_that_is_revoked_before_it_signed_takes_nothing_with_it():
    waiting = Generation(2, SECOND.signs_from, revoked_at=at(minutes=30))
    assert signing([FIRST, waiting], at(minutes=30)).number == 1
    assert believed([FIRST, waiting], at(minutes=30)) == [1]


def test_without_a_key_nothing_is_signed():
    with pytest.raises(LookupError):
        signing([Generation(1, START, revoked_at=START)], at(hours=1))
    with pytest.raises(LookupError):
        signing([SECOND], START)
