import type { ApiToken, Machine } from "@/api/types"

import { json, nothing } from "./answers"
import { aToken } from "./builders"

/** Machines, this one among them, and the tokens that they and scripts sign in with. */
export class FakeMachines {
  machines: Machine[] = []
  tokens: ApiToken[] = []
  localAgent = false
  localRuns = false

  /** The answer, null for any other route. */
  answer(route: string, body: Record<string, unknown>): Response | null {
    switch (route) {
      case "GET /api/agents":
        return json(200, { items: this.machines, next_cursor: null })
      case "GET /api/agents/local":
        return json(200, { available: this.localAgent, running: this.localRuns })
      case "POST /api/agents/local":
        this.localRuns = String(body.token).startsWith("lsm_")
        return json(201, { available: true, running: this.localRuns })
      case "DELETE /api/agents/local":
        this.localRuns = false
        return nothing()
      case "GET /api/auth/tokens":
        return json(200, { items: this.tokens, next_cursor: null })
      case "POST /api/auth/tokens": {
        const token = aToken(body, this.tokens.length + 1)
        this.tokens = [...this.tokens, token]
        return json(201, { ...token, token: `lsm_${token.id}_4f9d2c7a81e6` })
      }
      default:
        return this.revoke(route)
    }
  }

  private revoke(route: string): Response | null {
    const [, what, id] = /^DELETE \/api\/(agents|auth\/tokens)\/(.+)$/.exec(route) ?? []
    if (what === "agents") this.machines = this.machines.filter((machine) => machine.id !== id)
    else if (what) this.tokens = this.tokens.filter((token) => token.id !== id)
    return what ? nothing() : null
  }
}
