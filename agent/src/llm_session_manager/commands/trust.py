"""Whether a command really comes from the dashboard, and is for this machine, now; pure."""

import base64
from dataclasses import dataclass
from datetime import datetime

from llm_session_manager.commands.policy import Policy
from llm_session_manager.protocol.commands import Command, signed_text


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a command is not done: `code` for programs, `detail` for people."""

    code: str
    detail: str


def objection(
    command: Command, *, key: str, agent_id: str, policy: Policy, now: datetime
) -> Objection | None:
    """The first thing that is wrong with a command; `None` when it may be done."""
    if not is_signed(command, key):
        return Objection("bad_signature", "It does not bear the signature of this dashboard.")
    if command.agent_id != agent_id:
        return Objection("other_machine", "It is for another machine.")
    if command.expires_at <= now:
        return Objection("expired", "It has expired.")
    refusal = policy.objection(command.kind, command.asked_by)
    return Objection("not_taken", refusal) if refusal else None


def is_signed(command: Command, key: str) -> bool:
    """Whether the signature is that of `key`, a public one in unpadded base64url."""
    # Loaded when the first command comes: on most machines none ever does.
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    try:
        public = Ed25519PublicKey.from_public_bytes(_decoded(key))
        public.verify(_decoded(command.signature), signed_text(command))
    except (InvalidSignature, ValueError):
        return False
    return True


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
