"""The documented rules of the price table, on rows small enough to reckon by hand, and on the book itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_session_manager.protocol import PROMPT_BANDS, prompt_band
from services.contracts.prices import MOST_PICO, PriceBook, dollars, load_book
from tests.support.builders import make_usage

BOOK = load_book()
SMALL = PriceBook(
    "2026-11-22",
    {
        "all": {"input": 10, "output": 20, "cache_read": 1, "cache_write": 12, "cache_write_1h": 15},
        "no-cache": {"input": 10, "output": 20},
        "no-1h": {"input": 10, "output": 20, "cache_write": 12},
        "no-output": {"input": 10},
        "banded": {
            "input": 10, "output": 20,
            "bands": [{"from": 200_001, "input": 30}, {"from": 272_001, "output": 90}],
        },
        "tiered-only": {
            "bands": [{"from": 0, "input": 1, "output": 2}, {"from": 32_000, "input": 5, "output": 6}],
        },
        "priority": {
            "input": 10, "output": 20, "cache_read": 1, "input_priority": 100, "output_priority": 200,
        },
        "fast": {"input": 10, "output": 20, "fast_percent": 250},
        "windowed": {"input": 1, "output": 1, "window": 128_000},
    },
)  # fmt: skip


def cost(model, **changes):
    nothing = {"input": 0, "output": 0}
    return SMALL.cost(make_usage(model=model, **nothing | changes))


def test_each_kind_of_token_has_its_price():
    assert cost("all", input=1, output=10, cache_read=100, cache_write_5m=1000, cache_write_1h=10_000) == (
        10 + 200 + 100 + 12_000 + 150_000
    )


def test_reasoning_is_part_of_the_output():
    assert cost("all", output=10, reasoning=9) == 200


def test_without_a_price_for_cached_tokens_they_cost_what_input_costs():
    assert cost("no-cache", cache_read=2, cache_write_5m=3, cache_write_1h=4) == 90


def test_without_a_price_for_an_hour_its_writes_cost_what_others_cost():
    assert cost("no-1h", cache_write_1h=4) == 48


def test_an_unknown_model_has_unknown_cost():
    assert cost("nobody-knows") is None
    assert cost(None, input=1) is None


def test_an_unknown_price_matters_only_where_it_is_used():
    assert cost("no-output", input=3) == 30
    assert cost("no-output", input=3, output=1) is None


@pytest.mark.parametrize(
    ("band", "expected"), [(0, 30), (200_000, 30), (200_001, 50), (272_000, 50), (272_001, 100)]
)
def test_prices_of_a_large_prompt_replace_the_base_prices(band, expected):
    # The largest band that fits replaces what it names; what it does not name is the base price.
    assert cost("banded", input=1, output=1, band=band) == expected


def test_prices_may_be_in_bands_only():
    assert cost("tiered-only", input=1, output=1) == 3
    assert cost("tiered-only", input=1, output=1, band=32_000) == 11


def test_a_priority_tier_has_its_own_prices_where_there_are_any():
    assert cost("priority", input=1, output=1, cache_read=1, service_tier="priority") == 301
    assert cost("priority", input=1, output=1, service_tier="flex") == 30
    assert cost("all", input=1, service_tier="priority") == 10


def test_fast_mode_multiplies_the_whole():
    assert cost("fast", input=1, output=1, service_tier="fast") == 75
    assert cost("all", input=1, service_tier="fast") == 10


def test_a_cost_that_no_column_holds_is_unknown():
    dear = PriceBook("", {"m": {"input": MOST_PICO // 10**15, "output": 10**6}})
    most = make_usage(model="m", input=10**15, output=0)
    assert dear.cost(most) == MOST_PICO // 10**15 * 10**15
    assert dear.cost(make_usage(model="m", input=10**15, output=10**15)) is None


def test_the_window_is_the_tables():
    assert (SMALL.window("windowed"), SMALL.window("all"), SMALL.window("nobody")) == (128_000, None, None)


@pytest.mark.parametrize(
    ("written", "listed"),
    [
        ("claude-sonnet-4-5", "claude-sonnet-4-5"),
        ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
        ("anthropic/claude-sonnet-4-5", "claude-sonnet-4-5"),
        ("openrouter/anthropic/claude-sonnet-4.5", "claude-sonnet-4-5"),
        ("claude-sonnet-4-5[1m]", "claude-sonnet-4-5"),
        ("claude-sonnet-4-5-20250929[1m]", "claude-sonnet-4-5"),
        ("claude-sonnet-4.5", "claude-sonnet-4-5"),
        ("claude-sonnet-4.5-thinking", "claude-sonnet-4-5"),
        ("gpt-5.2-2099-01-01", "gpt-5.2"),
        ("gpt-5.2-high", "gpt-5.2"),
        ("gpt-5.3-codex-xhigh-fast", "gpt-5.3-codex"),
        ("github_copilot/gpt-5.4", "github_copilot/gpt-5.4"),
        ("gemini/gemini-2.5-pro", "gemini-2.5-pro"),
        (" gpt-5.2 ", "gpt-5.2"),
    ],
)
def test_a_model_is_found_under_the_spellings_of_session_files(written, listed):
    assert BOOK.row(written) is not None
    assert BOOK.row(written) == BOOK.row(listed)


@pytest.mark.parametrize("written", ["", "<synthetic>", "gpt", "claude", "-fast", "/", "gpt-5.2-turbo"])
def test_nothing_is_taken_for_another_model(written):
    assert BOOK.row(written) is None


def test_exact_comes_first():
    book = PriceBook("", {"m-high": {"input": 1}, "m": {"input": 2}, "x/m": {"input": 3}})
    assert [book.row(name)["input"] for name in ("m-high", "m", "x/m", "y/m", "m-low")] == [1, 2, 3, 2, 2]


def test_every_price_of_the_book_is_whole_and_every_band_is_one_the_agents_know():
    for row in BOOK.models.values():
        bands = row.get("bands", [])
        assert {band["from"] for band in bands} <= set(PROMPT_BANDS)
        for prices in (row, *bands):
            assert all(type(price) is int and price >= 0 for name, price in prices.items() if name != "bands")


def test_a_band_is_the_smallest_prompt_of_its_prices():
    assert [prompt_band(size) for size in (-1, 0, 31_999, 32_000, 200_000, 200_001, 10**9)] == [
        0, 0, 0, 32_000, 128_001, 200_001, 512_001,
    ]  # fmt: skip


def test_dollars_have_six_decimals():
    assert dollars(None) is None
    assert dollars(1_234_567_890_123) == 1.234568
    assert dollars(0) == 0


kinds = ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h")
uses = st.lists(st.tuples(*(st.integers(0, 10**9) for _ in kinds)), min_size=1, max_size=8)


@given(
    uses,
    st.sampled_from(sorted(BOOK.models)),
    st.sampled_from(PROMPT_BANDS),
    st.sampled_from(["standard", "priority", "fast", "batch"]),
)
def test_the_cost_of_a_sum_is_the_sum_of_costs(tokens, model, band, tier):
    def price(amounts):
        known = dict(zip(kinds, amounts, strict=True))
        return BOOK.cost(make_usage(model=model, band=band, service_tier=tier, **known))

    single = [price(one) for one in tokens]
    whole = price([sum(column) for column in zip(*tokens, strict=True)])
    if whole is None:
        assert None in single or sum(single) > MOST_PICO
    else:
        assert whole == sum(single)
