import type { PublicLink, PublicSession, Session } from "@/api/types"

import { json, problem } from "./answers"
import { partsOf } from "./fake-parts"

interface Held {
  session: string
  link: PublicLink
}

/** Links to public pages, and what they show. */
export class FakePublic {
  private readonly links = new Map<string, Held>()

  /** Ends all links of the session; makes one where it is public from now on. */
  shared(session: Session, expires: string | undefined): { id: string; url: string; expires_at: string } | null {
    const now = new Date().toISOString()
    for (const held of this.of(session.id)) held.link = { ...held.link, ended_at: held.link.ended_at ?? now }
    if (session.visibility !== "public") return null
    const [id, secret] = [`link-${this.links.size + 1}`, `secret-${this.links.size + 1}`]
    const expires_at = expires ?? new Date(Date.now() + 86_400_000).toISOString()
    this.links.set(secret, { session: session.id, link: { id, made_at: now, expires_at, ended_at: null, views: 0, last_viewed_at: null } })
    return { id, url: `${window.location.origin}/public#${secret}`, expires_at }
  }

  views(id: string): Response {
    return json(200, { links: this.of(id).map((held) => held.link).reverse(), items: [], next_cursor: null })
  }

  open(secret: string, find: (id: string) => Session | undefined): Response {
    const held = this.links.get(secret)
    const session = held && find(held.session)
    if (!held || !session) return problem(404, "not_found")
    if (held.link.ended_at !== null) return problem(410, "gone", "This link has ended.")
    held.link = { ...held.link, views: held.link.views + 1, last_viewed_at: new Date().toISOString() }
    return json(200, publicOf(session, held.link.expires_at))
  }

  private of(id: string): Held[] {
    return [...this.links.values()].filter((held) => held.session === id)
  }
}

function publicOf(session: Session, expires_at: string): PublicSession {
  const parts = partsOf(session, new URLSearchParams({ limit: "200" })) as {
    health: { factors: PublicSession["factors"] }
    usage: { items: { at: string; input: number; output: number; cache_read: number; cache_write: number; cost_usd: number }[] }
    history: { items: PublicSession["events"] }
    files: { items: PublicSession["changed_files"] }
    commits: { items: PublicSession["made_commits"] }
    tools: { tools: PublicSession["tools"] }
  }
  return {
    ...session,
    expires_at,
    factors: parts.health.factors,
    usage: parts.usage.items.map((one) => ({ ...one, model: session.model })),
    tools: parts.tools.tools,
    changed_files: parts.files.items,
    made_commits: parts.commits.items,
    sub_agents: [],
    events: parts.history.items.map((event) => ({ ...event, in_sub_agent: false })),
    events_left_out: true,
  }
}
