"""The exchanges and queues of the product, the same on every bus."""

from services.runtime.bus import Exchange, Queue

AGENTS = Exchange("agents", "topic")
EVENTS = Exchange("events", "topic")
COMMANDS = Exchange("commands", "direct")

INGEST_REPORTS = Queue("ingest.reports", ((AGENTS, "report.#"),))
ANALYTICS_SESSIONS = Queue("analytics.sessions", ((EVENTS, "session.#"),), gathers=True)
INSIGHT_SESSIONS = Queue("insight.sessions", ((EVENTS, "session.#"),))
INSIGHT_PEOPLE = Queue("insight.people", ((EVENTS, "user.#"), (EVENTS, "member.#"), (EVENTS, "team.#")))

INGEST_PEOPLE = Queue("ingest.people", ((EVENTS, "user.#"), (EVENTS, "member.#"), (EVENTS, "team.#")))

ANALYTICS_PEOPLE = Queue("analytics.people", ((EVENTS, "user.#"), (EVENTS, "member.#"), (EVENTS, "team.#")))
ANALYTICS_INSIGHTS = Queue("analytics.insights", ((EVENTS, "insight.#"),))

INSIGHT_FIGURES = Queue("insight.figures", ((EVENTS, "budget.#"), (EVENTS, "weekly.#")))

AUTH_LETTERS = Queue("auth.letters", ((EVENTS, "letter.#"),))
AUTH_AUDIT = Queue("auth.audit", ((EVENTS, "audit.#"),))
AUTH_AGENTS = Queue("auth.agents", ((EVENTS, "agent.#"),))

QUEUES = (
    INGEST_REPORTS, INGEST_PEOPLE, AUTH_AUDIT, AUTH_AGENTS, ANALYTICS_SESSIONS, ANALYTICS_PEOPLE,
    ANALYTICS_INSIGHTS,
    INSIGHT_SESSIONS, INSIGHT_PEOPLE, INSIGHT_FIGURES, AUTH_LETTERS,
)  # fmt: skip
SESSION_STATE = "session.state"
SESSION_DELETED = "session.deleted"


def command_queue(agent_id: object) -> Queue:
    """Where what one agent is asked to do waits for it at the broker."""
    return Queue(f"{COMMANDS.name}.{agent_id}", ((COMMANDS, str(agent_id)),), outside=True)


def report_key(team_id: object, user_id: object, agent_id: object) -> str:
    """The one routing key under which an agent may publish; it is the report's identity."""
    return f"report.{team_id}.{user_id}.{agent_id}"
