import type { Alert, Delivery, Notice, NoticeKind, NoticePreferences, Webhook } from "@/api/types"
import { KIND_NAMES } from "@/components/notices/kinds"

/** Believable news: what a person is told, incidents, receivers. */

const minutes = (count: number) => new Date(Date.now() - count * 60_000).toISOString()

export function aNotice(part: Partial<Notice> = {}): Notice {
  return {
    id: "notice-1", kind: "mention", title: "ben mentioned you", text: "Ask for a failing test before asking for the fix", link: "/insights/insight-1", session_id: null,
    insight_id: "insight-1", alert_id: null, actor: { user_id: "user-ben", username: "ben" }, read_at: null, created_at: minutes(4), ...part,
  }
}

const TOLD: [NoticeKind, string, string][] = [
  ["waiting_long", "Retry payments that time out needs you", "Waiting for a person for 12 minutes, on anna-mbp in harbour/shop-api."],
  ["mention", "ben mentioned you", "“@anna, did you see it in the mail sessions?”"],
  ["health_alert", "Health fell to 36", "Split the checkout form, harbour/web: 6 tool failures in a row."],
  ["insight_shared", "chiara shared an insight", "Split long migrations: after two compactions nobody knows what was agreed"],
  ["token_warning", "92 % of the context window", "Migrate to the new mail templates, harbour/mail."],
  ["member_joined", "dmitri has joined", "As a viewer."],
  ["insight_comment", "chiara answered you", "“Not for the front end, where one run takes four minutes.”"],
  ["budget_warning", "80 % of the month’s tokens", "Your team has used 41.2 M of 50 M tokens."],
  ["agent_silent", "build-7 has fallen silent", "Nothing has come from it for 20 minutes."],
  ["weekly_report", "The week’s report", "52 sessions, 61 M tokens, $212.40 at API price."],
]

export function someNotices(count: number): Notice[] {
  return Array.from({ length: count }, (_, index) => {
    const [kind, title, text] = TOLD[index % TOLD.length]!
    const at = minutes(3 + index * index * 7)
    return aNotice({ id: `notice-${index + 1}`, kind, title, text, link: index % 2 === 0 ? "/sessions/demo-3" : "/insights/insight-1", created_at: at, read_at: index < 3 ? null : at })
  })
}

export function anAlert(part: Partial<Alert> = {}): Alert {
  return {
    id: "alert-1", kind: "health_alert", state: "open", session_id: "demo-2", session_title: "Split the checkout form", user_id: "user-anna", username: "anna",
    reason: "Health 36, below 40: 6 tool failures in a row", value: 36, threshold: 40, opened_at: minutes(9), updated_at: minutes(2), snoozed_until: null, resolved_at: null,
    acknowledged_by: null, ...part,
  }
}

export function someAlerts(): Alert[] {
  return [
    anAlert(),
    anAlert({ id: "alert-2", kind: "waiting_long", session_id: "demo-4", session_title: "Retry payments that time out", reason: "Waiting for a person for 12 minutes", opened_at: minutes(2) }),
    anAlert({ id: "alert-3", kind: "token_warning", state: "acknowledged", session_id: "demo-3", session_title: "Migrate to the new mail templates", user_id: "user-ben", username: "ben", reason: "92 % of its context window used", opened_at: minutes(40) }),
    anAlert({ id: "alert-4", kind: "budget_warning", state: "snoozed", session_id: null, session_title: null, user_id: null, username: null, reason: "The team has used 82 % of the month’s tokens", opened_at: minutes(200), snoozed_until: minutes(-150) }),
    anAlert({ id: "alert-5", kind: "agent_silent", state: "resolved", session_id: null, session_title: null, user_id: "user-ben", username: "ben", reason: "build-7 has not reported for 20 minutes", opened_at: minutes(700), resolved_at: minutes(640) }),
  ]
}

export function somePreferences(): NoticePreferences {
  const usual = { app: true, email: false, push: false, slack: true, teams: true, webhook: true }
  const byLetter = ["mention", "budget_warning", "weekly_report"]
  return { events: Object.fromEntries(KIND_NAMES.map((kind) => [kind, { ...usual, email: byLetter.includes(kind) }])), quiet_hours: null, version: 1 }
}

export function aWebhook(part: Partial<Webhook> = {}): Webhook {
  return {
    id: "webhook-1", kind: "slack", name: "#harbour-agents", url: "https://hooks.slack.com/services/T00/B00/x", events: ["health_alert", "waiting_long", "insight_shared"],
    enabled: true, version: 1, created_at: "2026-11-02T09:00:00Z", last_status: "delivered", ...part,
  }
}

export function someDeliveries(): Delivery[] {
  const one = (id: string, part: Partial<Delivery>): Delivery => ({
    id, kind: "health_alert", status: "delivered", attempts: 1, response_status: 200, error: null, next_at: null, created_at: minutes(5), delivered_at: minutes(5), ...part,
  })
  return [
    one("d1", { status: "waiting", attempts: 2, response_status: 503, error: "The receiver answered 503", next_at: minutes(-3), delivered_at: null }),
    one("d2", { kind: "insight_shared", created_at: minutes(50) }),
    one("d3", { kind: "waiting_long", status: "failed", attempts: 8, response_status: null, error: "The receiver could not be reached", created_at: minutes(900), delivered_at: null }),
  ]
}
