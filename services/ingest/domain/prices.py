"""What a stored session costs by another price book than the one it was stored with."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.contracts.prices import PriceBook
from services.ingest.domain.rows import Row, sorted_by, usage_rows
from services.ingest.domain.totals import cost_of, price, sum_up
from services.ingest.domain.views import usage_view


def priced_by(
    book: PriceBook, row: Mapping[str, Any], usage: Iterable[Mapping[str, Any]]
) -> tuple[Row, list[Row]]:
    """The session and its usage, both as they were but for what they cost."""
    priced = price((usage_view(one) for one in usage), book)
    # A machine that told the sum of all tokens alone left their kinds unknown.
    costs = {**row, **cost_of(sum_up(priced), counted=row["input_tokens"] is not None)}
    return costs | sorted_by(costs), usage_rows(row["id"], row["team_id"], priced)
