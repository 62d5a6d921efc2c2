import type { AuditFilter } from "@/api/audit"
import type { AuditEntry } from "@/api/types"

const DEEDS: Record<string, string> = {
  "account.email_changed": "changed their email",
  "account.password_changed": "changed their password",
  "account.password_reset": "had their password reset",
  "audit.exported": "exported the audit log",
  "enrolment.code_made": "made a code to enrol a machine",
  "enrolment.redeemed": "enrolled a machine",
  "invite.made": "made an invitation",
  "invite.revoked": "revoked an invitation",
  "login.begun": "signed in",
  "login.ended": "was signed out",
  "member.added": "added",
  "member.joined": "joined the team",
  "member.left": "left the team",
  "member.removed": "removed",
  "member.role_changed": "changed the role of",
  "session.deleted": "deleted a session",
  "session.visibility_changed": "changed who sees a session",
  "team.changed": "changed the team’s settings",
  "team.made": "made the team",
  "token.made": "made an API token",
  "token.revoked": "revoked an API token",
}

/** Kinds of deeds as they are looked for. */
export const GROUPS: readonly { key: string; label: string; actions: string[] }[] = [
  { key: "sign-ins", label: "Sign-ins and accounts", actions: actionsOf("login.", "account.") },
  { key: "members", label: "Members and roles", actions: actionsOf("member.") },
  { key: "invites", label: "Invitations", actions: actionsOf("invite.") },
  { key: "tokens", label: "Tokens and machines", actions: actionsOf("token.", "enrolment.") },
  { key: "sessions", label: "Sessions shared or deleted", actions: actionsOf("session.") },
  { key: "team", label: "Settings and exports", actions: actionsOf("team.", "audit.") },
]

/** As chosen in the form; empty is no choice. Dates are days of the reader's own zone, both inclusive. */
export interface AuditChoice {
  group: string
  actor: string
  from: string
  to: string
}

export const NO_CHOICE: AuditChoice = { group: "", actor: "", from: "", to: "" }

export function filterOf({ group, actor, from, to }: AuditChoice): AuditFilter {
  const actions = GROUPS.find((one) => one.key === group)?.actions
  return {
    ...(actions ? { action: actions } : {}),
    ...(actor ? { actor: [actor] } : {}),
    ...(from ? { from: midnight(from, 0) } : {}),
    ...(to ? { to: midnight(to, 1) } : {}),
  }
}

/** What somebody did, in words; a deed this page does not know yet under its own name. */
export function deedOf(action: string): string {
  return DEEDS[action] ?? action
}

/** What belongs to the deed: "from viewer · to member". Ids say nothing to a reader. */
export function detailOf(details: AuditEntry["details"]): string {
  return Object.entries(details)
    .filter(([name]) => name !== "invite")
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${words(value)}`)
    .join(" · ")
}

function words(value: unknown): string {
  if (Array.isArray(value)) return value.map(words).join(", ")
  return typeof value === "string" ? value.replaceAll("_", " ") : JSON.stringify(value)
}

function midnight(day: string, later: number): string {
  const instant = new Date(`${day}T00:00:00`)
  // By the calendar and not by hours: a day of the clock's change has 23 or 25.
  instant.setDate(instant.getDate() + later)
  return instant.toISOString()
}

function actionsOf(...beginnings: string[]): string[] {
  return Object.keys(DEEDS).filter((action) => beginnings.some((beginning) => action.startsWith(beginning)))
}
