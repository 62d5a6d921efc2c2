import type { Insight, InsightComment, User } from "@/api/types"
import type { InsightFrame } from "@/lib/live/frames"

import { json, nothing, problem } from "./answers"
import { aComment, anInsight } from "./insight-facts"

type Body = Record<string, unknown>
export type Tell = (frame: Omit<InsightFrame, "channel">) => void

/** What a team writes down: insights, votes, comments, tags. Behaves as the API document says. */
export class FakeInsights {
  insights: Insight[] = []
  readonly comments = new Map<string, InsightComment[]>()
  feedSince: string | null = null
  private made = 0
  private readonly votes = new Map<string, Set<string>>()

  constructor(private readonly tell: Tell) {}

  /** Another's deed, told to every page. */
  share(insight: Insight): void {
    this.insights = [insight, ...this.insights]
    this.tell({ type: "insight_shared", data: { ...insight } })
  }

  change(id: string, part: Partial<Insight>): Insight {
    const held = this.find(id)
    if (!held) throw new Error(`no insight ${id}`)
    Object.assign(held, part, { updated_at: new Date().toISOString() })
    this.told(held)
    return held
  }

  say(id: string, comment: InsightComment): void {
    this.comments.set(id, [...(this.comments.get(id) ?? []), comment])
    this.tell({ type: "comment_added", data: { insight_id: id, comment } })
    this.change(id, { comments: (this.find(id)?.comments ?? 0) + 1 })
  }

  remove(id: string): void {
    this.insights = this.insights.filter((one) => one.id !== id)
    this.tell({ type: "insight_deleted", data: { insight_id: id } })
  }

  answer(method: string, path: string, user: User, body: Body, query: URLSearchParams, ifMatch: string | null): Response | null {
    if (!path.startsWith("/api/insights")) return null
    if (user.team_id === null) return problem(403, "no_team")
    const [, , , id, part, comment] = path.split("/")
    if (id === "feed") return this.feed(method)
    if (id === "tags") return json(200, { items: this.tags(query.get("q") ?? "") })
    if (id === "similar") return json(200, { items: this.similar(query.get("title") ?? "") })
    if (method !== "GET" && user.role === "viewer") return problem(403, "forbidden", "Viewers only read.")
    if (id === undefined) return method === "POST" ? this.add(user, body) : json(200, this.list(user, query))
    const found = this.find(id)
    if (!found) return problem(404, "not_found")
    if (part === "upvote") return this.vote(found, user, method === "POST")
    if (part === "comments") return this.thread(found, { method, comment, user, body, ifMatch })
    if (method === "PUT") return this.put(found, body, ifMatch)
    if (method === "GET") return json(200, this.seen(found, user))
    this.remove(id)
    return nothing()
  }

  private find(id: string): Insight | undefined {
    return this.insights.find((one) => one.id === id)
  }

  private told({ id: insight_id, version, type, title, tags, state, upvotes, comments, updated_at }: Insight): void {
    this.tell({ type: "insight_updated", data: { insight_id, version, type, title, tags, state, upvotes, comments, updated_at } })
  }

  private seen(insight: Insight, user: User): Insight {
    const votes = this.votes.get(insight.id)
    return { ...insight, voted: votes ? votes.has(user.id) : insight.voted }
  }

  private list(user: User, query: URLSearchParams) {
    const states = query.getAll("state").length > 0 ? query.getAll("state") : ["proposed", "accepted"]
    const any = (key: string, value: string | null) => query.getAll(key).length === 0 || (value !== null && query.getAll(key).includes(value))
    const words = (query.get("q") ?? "").toLowerCase().split(/\s+/)
    const found = this.insights.filter(
      (one) =>
        states.includes(one.state) && any("type", one.type) && any("user_id", one.shared_by) && any("session_id", one.session_id) && any("origin", one.origin) &&
        (query.getAll("tag").length === 0 || one.tags.some((tag) => query.getAll("tag").includes(tag))) &&
        words.every((word) => `${one.title} ${one.content} ${one.tags.join(" ")}`.toLowerCase().includes(word)),
    )
    const sorted = query.get("sort") === "new" ? found : found.toSorted((a, b) => b.upvotes - a.upvotes)
    const from = Number(query.get("cursor") ?? 0)
    const limit = Number(query.get("limit") ?? 50)
    const items = sorted.slice(from, from + limit).map((one) => this.seen(one, user))
    return { items, next_cursor: from + limit < sorted.length ? String(from + limit) : null }
  }

  private tags(begin: string) {
    const counts = new Map<string, number>()
    for (const tag of this.insights.flatMap((one) => one.tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1)
    const items = [...counts].map(([tag, insights]) => ({ tag, insights })).filter(({ tag }) => tag.startsWith(begin))
    return items.sort((a, b) => b.insights - a.insights || a.tag.localeCompare(b.tag))
  }

  private similar(title: string) {
    const words = title.toLowerCase().split(/\W+/).filter((word) => word.length > 3)
    const alike = this.insights.filter((one) => words.filter((word) => one.title.toLowerCase().includes(word)).length >= 2)
    return alike.slice(0, 5).map(({ id, title: called, state, upvotes }) => ({ id, title: called, state, upvotes }))
  }

  private add(user: User, body: Body): Response {
    const now = new Date().toISOString()
    const insight = anInsight({
      ...(body as Partial<Insight>), id: `new-${++this.made}`, shared_by: user.id, username: user.username, upvotes: 0, created_at: now, updated_at: now,
      session_title: body.session_id ? "The session" : null,
    })
    this.share(insight)
    return json(201, insight)
  }

  private put(insight: Insight, body: Body, ifMatch: string | null): Response {
    if (ifMatch !== null && ifMatch !== `"${insight.version}"`) return problem(412, "changed", "It has been changed meanwhile.")
    return json(200, this.change(insight.id, { ...(body as Partial<Insight>), version: insight.version + 1 }))
  }

  private vote(insight: Insight, user: User, up: boolean): Response {
    const votes = this.votes.get(insight.id) ?? new Set(insight.voted ? [user.id] : [])
    this.votes.set(insight.id, votes)
    const step = Number(up) - Number(votes.has(user.id))
    if (up) votes.add(user.id)
    else votes.delete(user.id)
    this.change(insight.id, { upvotes: insight.upvotes + step })
    return json(200, { upvotes: insight.upvotes, voted: up })
  }

  private thread(insight: Insight, { method, comment: id, user, body, ifMatch }: { method: string; comment: string | undefined; user: User; body: Body; ifMatch: string | null }): Response {
    const held = this.comments.get(insight.id) ?? []
    if (method === "GET") return json(200, { items: held, next_cursor: null })
    if (method === "POST") {
      const now = new Date().toISOString()
      const made = aComment({ ...(body as Partial<InsightComment>), id: `said-${++this.made}`, user_id: user.id, username: user.username, created_at: now })
      this.say(insight.id, made)
      return json(201, made)
    }
    const found = held.find((one) => one.id === id)
    if (!found) return problem(404, "not_found")
    if (method === "DELETE") {
      this.comments.set(insight.id, held.filter((one) => one !== found))
      this.change(insight.id, { comments: insight.comments - 1 })
      return nothing()
    }
    if (ifMatch !== null && ifMatch !== `"${found.version}"`) return problem(412, "changed", "It has been changed meanwhile.")
    Object.assign(found, { content: body.content, edited: true, version: found.version + 1 })
    this.told(insight)
    return json(200, found)
  }

  private feed(method: string): Response {
    if (method === "DELETE") {
      this.feedSince = null
      return nothing()
    }
    if (method === "GET") return json(200, { active: this.feedSince !== null, created_at: this.feedSince })
    this.feedSince = new Date().toISOString()
    return json(201, { url: "https://dashboard.example/api/insights/feed.xml?token=a-secret" })
  }
}
