"""What a session is called in what is told of it: by nothing that somebody said to a tool."""

from collections.abc import Mapping

from services.contracts.sessions import Session

TOOLS: Mapping[str, str] = {
    "claude-code": "Claude Code", "codex": "Codex", "gemini": "Gemini", "copilot": "Copilot",
    "opencode": "OpenCode", "cursor": "Cursor", "aider": "Aider", "cline": "Cline", "roo-code": "Roo Code",
    "kilo-code": "Kilo Code", "qwen": "Qwen", "amp": "Amp",
}  # fmt: skip


def name_of(session: Session) -> str:
    """Its title, unless the whole content is kept: then a title may be somebody's first words."""
    if session.title and session.tier != "content":
        return session.title
    tool = TOOLS.get(session.tool, "A session")
    return f"{tool} in {session.project}" if session.project else tool


def facts_of(session: Session, reason: str) -> dict[str, str]:
    """What it is about, for those who read it elsewhere."""
    known = {
        "Session": name_of(session),
        "Repository": session.repository or session.project,
        "Machine": session.hostname,
        "Reason": reason,
    }
    return {name: value for name, value in known.items() if value}
