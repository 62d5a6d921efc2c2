"""Bounds hold as often as they say, for whatever share lies behind."""

from random import Random

import pytest

from services.insight.domain.statistics import chance, least_difference, lower_bound, median

ROUNDS = 2_000


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("of", [12, 60])
def test_a_bound_is_too_high_about_once_in_a_hundred_times(share, of):
    random = Random(of)
    counts = [sum(random.random() < share for _ in range(of)) for _ in range(ROUNDS)]
    wrong = sum(lower_bound(count, of) > share for count in counts)
    # Wilson's bound is off by a little where numbers or shares are small.
    assert wrong / ROUNDS < 0.05


def test_bounds_come_closer_with_more_to_go_by():
    bounds = [lower_bound(of // 2, of) for of in (2, 20, 200, 2_000, 200_000)]
    assert bounds == sorted(bounds)
    assert bounds[-1] == pytest.approx(0.5, abs=0.01)
    assert lower_bound(0, 0) == lower_bound(0, 50) == 0
    assert lower_bound(50, 50) < 1


def test_a_difference_is_overstated_about_once_in_a_hundred_times():
    random = Random(1)

    def count(share, of):
        return sum(random.random() < share for _ in range(of))

    wrong = sum(least_difference(count(0.6, 40), 40, count(0.4, 30), 30) > 0.2 for _ in range(ROUNDS))
    assert wrong / ROUNDS < 0.03
    by_luck = sum(chance(count(0.5, 50), 50, count(0.5, 50), 50) < 0.01 for _ in range(ROUNDS))
    assert by_luck / ROUNDS < 0.02


def test_of_nothing_nothing_follows():
    assert chance(0, 0, 5, 10) == chance(5, 5, 5, 5) == 1
    assert least_difference(0, 0, 1, 2) == -1
    assert median([3, 1, 2]) == 2
    assert median([4, 1, 2, 3]) == 2.5
