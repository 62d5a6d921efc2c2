import type { Alert, Delivery, Notice, NoticePreferences, User, Webhook } from "@/api/types"
import type { AlertFrame, NoticeFrame } from "@/lib/live/frames"

import { json, nothing, problem } from "./answers"
import { aWebhook, somePreferences } from "./notice-facts"

type Body = Record<string, unknown>
type Tell = (frame: Omit<NoticeFrame, "channel"> | Omit<AlertFrame, "channel">) => void

/** What people are told and how: notifications, alerts, preferences, webhooks. */
export class FakeNotices {
  notices: Notice[] = []
  alerts: Alert[] = []
  preferences: NoticePreferences = somePreferences()
  webhooks: Webhook[] = []
  deliveries: Delivery[] = []
  private made = 0

  constructor(private readonly say: Tell) {}

  get unread(): number {
    return this.notices.filter((one) => one.read_at === null).length
  }

  /** Something happens, and the person is told. */
  tell(notification: Notice): void {
    this.notices = [notification, ...this.notices]
    this.say({ type: "notification", data: { notification, unread: this.unread, push: false } })
  }

  alarm(alert: Alert): void {
    this.alerts = [alert, ...this.alerts.filter((one) => one.id !== alert.id)]
    this.say({ type: "health_alert", data: { alert } })
  }

  answer(method: string, path: string, user: User, body: Body, query: URLSearchParams, ifMatch: string | null): Response | null {
    if (path === "/api/notifications") return json(200, { ...this.page(this.notices.filter((one) => query.get("unread") !== "true" || one.read_at === null), query), unread: this.unread })
    if (path === "/api/notifications/read") return this.read(body)
    if (path === "/api/notifications/preferences") return this.prefer(method, body, ifMatch)
    if (path.startsWith("/api/alerts")) return this.answerAlerts(path, body, query, user)
    return /\/api\/teams\/[^/]+\/webhooks/.test(path) ? this.answerWebhooks(method, path, user, body, query) : null
  }

  private page<T>(items: T[], query: URLSearchParams) {
    const from = Number(query.get("cursor") ?? 0)
    const limit = Number(query.get("limit") ?? 50)
    return { items: items.slice(from, from + limit), next_cursor: from + limit < items.length ? String(from + limit) : null }
  }

  private read(body: Body): Response {
    const ids = body.ids as string[] | undefined
    this.notices = this.notices.map((one) => (one.read_at === null && (body.all === true || ids?.includes(one.id)) ? { ...one, read_at: new Date().toISOString() } : one))
    return json(200, { unread: this.unread })
  }

  private prefer(method: string, body: Body, ifMatch: string | null): Response {
    if (method === "GET") return json(200, this.preferences)
    if (ifMatch !== null && ifMatch !== `"${this.preferences.version}"`) return problem(412, "changed", "It has been changed meanwhile.")
    this.preferences = { ...(body as unknown as NoticePreferences), version: this.preferences.version + 1 }
    return json(200, this.preferences)
  }

  private answerAlerts(path: string, body: Body, query: URLSearchParams, user: User): Response {
    const [, , , id, deed] = path.split("/")
    const any = (key: string, value: string) => query.getAll(key).length === 0 || query.getAll(key).includes(value)
    if (id === undefined) return json(200, this.page(this.alerts.filter((one) => any("state", one.state) && any("kind", one.kind)), query))
    const found = this.alerts.find((one) => one.id === id)
    if (!found) return problem(404, "not_found")
    const now = new Date().toISOString()
    const changes: Record<string, Partial<Alert>> = {
      acknowledge: { state: "acknowledged", acknowledged_by: user.id },
      snooze: { state: "snoozed", snoozed_until: body.until as string },
      resolve: { state: "resolved", resolved_at: now },
    }
    Object.assign(found, changes[deed ?? ""])
    return json(200, found)
  }

  private answerWebhooks(method: string, path: string, user: User, body: Body, query: URLSearchParams): Response {
    const [, , , , , id, part] = path.split("/")
    const items = this.webhooks.map((one) => (user.role === "admin" ? one : { ...one, url: new URL(one.url).host }))
    if (id === undefined && method === "GET") return json(200, { items, next_cursor: null })
    if (user.role !== "admin") return problem(403, "forbidden", "Only an admin of the team may do this.")
    if (id === undefined) return this.addWebhook(body)
    const found = this.webhooks.find((one) => one.id === id)
    if (!found) return problem(404, "not_found")
    if (part === "deliveries") return json(200, this.page(this.deliveries, query))
    if (part === "test") {
      const now = new Date().toISOString()
      const delivery: Delivery = { id: `d-${++this.made}`, kind: "test", status: "delivered", attempts: 1, response_status: 200, error: null, next_at: null, created_at: now, delivered_at: now }
      this.deliveries = [delivery, ...this.deliveries]
      return json(200, delivery)
    }
    if (method === "DELETE") this.webhooks = this.webhooks.filter((one) => one !== found)
    else Object.assign(found, body)
    return method === "DELETE" ? nothing() : json(200, found)
  }

  private addWebhook(body: Body): Response {
    if (/127\.0\.0\.1|localhost/.test(String(body.url))) return problem(422, "invalid", "leads into a private network", "url")
    const made = aWebhook({ ...(body as Partial<Webhook>), id: `webhook-${++this.made}-new`, last_status: null })
    this.webhooks = [...this.webhooks, made]
    return json(201, { ...made, secret: made.kind === "generic" ? "whsec_4f9d2c7a81e6" : null })
  }
}
