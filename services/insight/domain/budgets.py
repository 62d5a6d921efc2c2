"""How a crossed budget is said, and when its period is over."""

from datetime import UTC, datetime, timedelta

from services.contracts.budgets import BudgetCrossed

# Wherever a team is, its day has ended by then.
FURTHEST_WEST = timedelta(hours=12)


def subject_of(told: BudgetCrossed) -> str:
    """One incident for each percentage of each period."""
    whose = told.session_id or told.user_id or "team"
    return f"budget:{told.unit}:{whose}:{told.period}:{told.percent}"


def title_of(told: BudgetCrossed, name: str | None) -> str:
    """`name` is the session's, where it is a session's budget."""
    what = {
        "session": f"{name or 'A session'} has used",
        "member_day": "You have used",
        "team_month": "The team has used",
    }
    budget = {
        "session": "its budget",
        "member_day": "your budget of today",
        "team_month": "its monthly budget",
    }
    share = "all" if told.percent == 100 else f"{told.percent} %"
    return f"{what[told.scope]} {share} of {budget[told.scope]}"


def reason_of(told: BudgetCrossed) -> str:
    if told.unit == "cost":
        return f"${told.value:,.2f} of ${told.limit:,.2f} at API prices"
    return f"{told.value:,.0f} of {told.limit:,.0f} tokens"


def ends_at(told: BudgetCrossed) -> datetime:
    """When the period is over, or a little later; a session's budget is news for a day."""
    form = {"member_day": "%Y-%m-%d", "team_month": "%Y-%m"}.get(told.scope)
    try:
        begin = datetime.strptime(told.period, form).replace(tzinfo=UTC) if form else None
    except ValueError:
        begin = None
    if begin is None:
        return told.at + timedelta(days=1)
    if told.scope == "member_day":
        return begin + timedelta(days=1) + FURTHEST_WEST
    return (begin + timedelta(days=32)).replace(day=1) + FURTHEST_WEST
