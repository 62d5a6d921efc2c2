"""The exchanges and queues of the product, the same on every bus."""

from services.runtime.bus import Exchange, Queue

AGENTS = Exchange("agents", "topic")
EVENTS = Exchange("events", "topic")
COMMANDS = Exchange("commands", "direct")

INGEST_REPORTS = Queue("ingest.reports", ((AGENTS, "report.#"),))
ANALYTICS_SESSIONS = Queue("analytics.sessions", ((EVENTS, "session.#"),))
INSIGHT_SESSIONS = Queue("insight.sessions", ((EVENTS, "session.#"),))
INGEST_PEOPLE = Queue("ingest.people", ((EVENTS, "user.#"), (EVENTS, "member.#"), (EVENTS, "team.#")))

AUTH_AUDIT = Queue("auth.audit", ((EVENTS, "audit.#"),))

QUEUES = (INGEST_REPORTS, INGEST_PEOPLE, AUTH_AUDIT, ANALYTICS_SESSIONS, INSIGHT_SESSIONS)
SESSION_STATE = "session.state"
SESSION_DELETED = "session.deleted"


def report_key(team_id: object, user_id: object, agent_id: object) -> str:
    """The one routing key under which an agent may publish; it is the report's identity."""
    return f"report.{team_id}.{user_id}.{agent_id}"
