import type { Collision, Session, User } from "@/api/types"

import { json, nothing, problem } from "./answers"
import { partsOf } from "./fake-parts"
import type { FakeServer } from "./fake-server"

interface Asked {
  method: string
  id: string
  part: string
  user: User
  body: Record<string, unknown>
  query: URLSearchParams
  ifMatch: string | null
}

/** The answer to what concerns one session. Somebody else's private one is none. */
export function answerSession(server: FakeServer, { method, id, part, user, body, query, ifMatch }: Asked): Response {
  const seen = server.visible(user)
  if (id === "collisions") return json(200, { items: collisions(seen, server.paths), next_cursor: null })
  const session = seen.find((one) => one.id === id)
  if (!session) return problem(404, "not_found")
  if (part === "") return answerWhole(server, session, method, body, ifMatch)
  if (part === "share") return share(server, session, body)
  if (part === "views") return server.pages.views(id)
  if (part === "export") return new Response(query.get("format") === "md" ? `# ${session.title}\n` : JSON.stringify({ session }))
  if (part === "neighbours") return json(200, neighbours(seen, id))
  if (part.startsWith("commands")) return server.commands.answer(method, part.replace(/^commands\/?/, ""), session, user, body)
  const answer = partsOf(session, query)[part]
  return answer === undefined ? problem(404, "not_found") : json(200, answer)
}

/** Files by what the live sessions of two people change, as `paths` says. */
function collisions(seen: readonly Session[], paths: ReadonlyMap<string, readonly string[]>): Collision[] {
  const live = seen.filter((one) => one.status !== "ended" && one.repository !== null)
  const files = new Set(live.flatMap((one) => (paths.get(one.id) ?? []).map((path) => `${one.repository}\n${path}`)))
  return [...files].flatMap((file) => {
    const [repository = "", path = ""] = file.split("\n")
    const own = live.filter((one) => one.repository === repository && paths.get(one.id)?.includes(path))
    const sessions = own.map((one) => ({ session_id: one.id, user_id: one.user_id, username: one.username, last_at: one.updated_at }))
    return new Set(own.map((one) => one.user_id)).size > 1 ? [{ repository, path, sessions }] : []
  })
}

function share(server: FakeServer, before: Session, body: Record<string, unknown>): Response {
  if (body.visibility === "public" && !server.team.settings.allow_public) return problem(422, "not_allowed", "this team does not allow public sessions", "visibility")
  const session = server.change(before.id, { visibility: body.visibility as Session["visibility"] })
  return json(200, { ...session, link: server.pages.shared(session, body.expires_at as string | undefined) })
}

function answerWhole(server: FakeServer, session: Session, method: string, body: Record<string, unknown>, ifMatch: string | null): Response {
  if (method === "GET") return json(200, session)
  if (method === "DELETE") {
    server.remove(session.id)
    return nothing()
  }
  if (ifMatch !== null && ifMatch !== `"${session.version}"`) return problem(412, "changed_meanwhile", "The session has changed since you read it.")
  return json(200, server.change(session.id, body))
}

function neighbours(seen: readonly Session[], id: string) {
  const at = seen.findIndex((one) => one.id === id)
  const brief = (one: Session | undefined) =>
    one ? { id: one.id, title: one.title, tool: one.tool, status: one.status, username: one.username, last_activity_at: one.last_activity_at } : null
  return { previous: brief(seen[at - 1]), next: brief(seen[at + 1]) }
}
