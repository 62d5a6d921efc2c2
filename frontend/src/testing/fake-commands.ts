import type { CommandKind, Session, SessionCommand, User } from "@/api/types"

import { json, problem } from "./answers"
import { aCommand } from "./builders"

/** What is asked of machines. They do nothing by themselves: a test says how a command goes on. */
export class FakeCommands {
  readonly asked: SessionCommand[] = []
  /** The server's refusal, when there is one just now. */
  refusal: { status: number; code: string; detail: string } | null = null

  constructor(private readonly tell: (command: SessionCommand) => void) {}

  answer(method: string, path: string, session: Session, user: User, body: Record<string, unknown>): Response {
    const [id, part] = path.split("/")
    const own = this.asked.filter((one) => one.session_id === session.id)
    if (part === "export") return own.some((one) => one.id === id) ? new Response("# Retry payments\n") : problem(404, "not_found")
    if (method === "GET") return json(200, { items: [...own].reverse(), next_cursor: null })
    if (this.refusal) return problem(this.refusal.status, this.refusal.code, this.refusal.detail)
    const command = aCommand({
      id: `command-${this.asked.length + 1}`,
      session_id: session.id,
      kind: body.kind as CommandKind,
      note: `waits for ${session.hostname}; expires in 10 min`,
      asked_by: user.id,
      asked_by_name: user.username,
      hostname: session.hostname,
      created_at: new Date(Date.now() + this.asked.length).toISOString(),
    })
    this.asked.push(command)
    this.tell(command)
    return json(202, command)
  }

  /** The machine, or the server's timer, says how it stands. */
  move(id: string, part: Partial<SessionCommand>): void {
    const at = this.asked.findIndex((one) => one.id === id)
    const held = this.asked[at]
    if (!held) throw new Error(`no command ${id}`)
    this.asked[at] = { ...held, ...part }
    this.tell(this.asked[at])
  }
}
