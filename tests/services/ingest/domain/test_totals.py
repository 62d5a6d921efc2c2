"""Sums of usage."""

from services.contracts.prices import MOST_PICO, PriceBook, load_book
from services.ingest.domain.totals import price, sum_up
from tests.support.builders import make_usage


def summed(*uses, book=None):
    return sum_up(price(uses, book or load_book()))


def test_nothing_is_zero_and_free():
    totals = summed()
    assert (totals.total, totals.cost_pico, totals.unpriced_models, totals.reasoning) == (0, 0, (), None)


def test_kinds_add_up():
    totals = summed(
        make_usage(input=1, output=2, cache_read=4, cache_write_5m=8, cache_write_1h=16, reasoning=1),
        make_usage(input=32, output=64, reasoning=None),
    )
    assert (totals.input, totals.output, totals.cache_read, totals.cache_write) == (33, 66, 4, 24)
    assert (totals.total, totals.reasoning) == (127, 1)


def test_one_unknown_model_makes_the_cost_unknown_and_is_named():
    totals = summed(make_usage(), make_usage(model="zeta"), make_usage(model="alpha"), make_usage(model=None))
    assert (totals.cost_pico, totals.unpriced_models) == (None, ("alpha", "unknown", "zeta"))
    assert totals.input == 4000


def test_a_sum_that_no_column_holds_is_unknown():
    book = PriceBook("", {"m": {"input": 1, "output": 1}})
    half = make_usage(model="m", input=10**15, output=0)
    dear = PriceBook("", {"m": {"input": MOST_PICO // 10**15, "output": 1}})
    assert summed(half, half, book=book).cost_pico == 2 * 10**15
    assert summed(half, half, book=dear).cost_pico is None
