import type { AuditFilter } from "@/api/audit"
import type { AuditEntry } from "@/api/types"

const DEEDS: Record<string, string> = {
  "account.email_changed": "changed their email",
  "account.exported": "downloaded what is held of them",
  "account.password_changed": "changed their password",
  "account.password_reset": "had their password reset",
  "account.reset_asked": "was asked for a new password of",
  "agent.revoked": "revoked a machine",
  "analytics.exported": "exported analytics",
  "audit.exported": "exported the audit log",
  "command.asked": "asked something of a session’s machine",
  "command.ended": "had an answer from a session’s machine",
  "enrolment.code_made": "made a code to enrol a machine",
  "enrolment.redeemed": "enrolled a machine",
  "invite.made": "made an invitation",
  "invite.resent": "sent an invitation again",
  "invite.revoked": "revoked an invitation",
  "login.begun": "signed in",
  "login.ended": "was signed out",
  "member.added": "added",
  "member.joined": "joined the team",
  "member.left": "left the team",
  "member.removed": "removed",
  "member.role_changed": "changed the role of",
  "session.deleted": "deleted a session",
  "session.exported": "exported a session",
  "session.visibility_changed": "changed who sees a session",
  "team.changed": "changed the team’s settings",
  "team.made": "made the team",
  "token.made": "made an API token",
  "token.revoked": "revoked an API token",
  "webhook.changed": "changed a webhook",
  "webhook.made": "made a webhook",
  "webhook.removed": "removed a webhook",
  "webhook.tested": "tried a webhook",
}

/** Kinds of deeds as they are looked for. */
export const GROUPS: readonly { key: string; label: string; actions: string[] }[] = [
  { key: "sign-ins", label: "Sign-ins and accounts", actions: actionsOf("login.", "account.") },
  { key: "members", label: "Members and roles", actions: actionsOf("member.") },
  { key: "invites", label: "Invitations", actions: actionsOf("invite.") },
  { key: "tokens", label: "Tokens and machines", actions: actionsOf("token.", "enrolment.", "agent.") },
  { key: "sessions", label: "Sessions shared, exported or deleted", actions: actionsOf("session.", "command.") },
  { key: "team", label: "Settings and exports", actions: actionsOf("team.", "webhook.", "audit.", "analytics.") },
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

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What belongs to the deed: "from viewer · to member · owner ben". An id that is nobody's of now says nothing to a reader. */
export function detailOf({ details, actor_id }: Pick<AuditEntry, "details" | "actor_id">, names: ReadonlyMap<string, string>): string {
  const said = Object.entries(details).flatMap(([name, value]) => {
    if (name === "invite" || value === false || value === null || value === actor_id) return []
    const label = name.replaceAll("_", " ")
    if (value === true) return [label]
    if (typeof value !== "string" || !ID.test(value)) return [`${label} ${words(value)}`]
    return names.has(value) ? [`${label} ${names.get(value)}`] : []
  })
  return said.join(" · ")
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
