import type { Invite } from "@/api/types"

import { json, nothing, problem } from "./answers"
import type { Account } from "./fake-account"

/** Letters, as far as the browser learns of them: links to a new password, and what becomes of invitations. */
export class FakeMail {
  enabled = true
  /** Secrets that were sent, with the address each is for. */
  readonly resets = new Map<string, string>()
  private sent = 0

  constructor(private readonly accounts: Map<string, Account>) {}

  /** The answer to what anybody may ask, null for any other path. */
  answer(path: string, body: Record<string, string>): Response | null {
    if (path === "/api/auth/mail") return json(200, { enabled: this.enabled, reset_minutes: 30 })
    if (path === "/api/auth/reset") return this.ask(body.email ?? "")
    return path === "/api/auth/reset/confirm" ? this.confirm(body.token ?? "", body.password ?? "") : null
  }

  private ask(email: string): Response {
    if (!this.enabled) return problem(409, "mail_off", "This server sends no mail: SMTP_URL is not set.")
    if (this.accounts.has(email)) this.resets.set(`reset-${++this.sent}`, email)
    return json(202, null)
  }

  private confirm(secret: string, password: string): Response {
    const account = this.accounts.get(this.resets.get(secret) ?? "")
    if (!account) return problem(410, "reset_over", "This link has been used or has expired: ask for a new one.")
    if (password === "password123") return problem(422, "invalid", "is among the passwords that are tried first", "password")
    account.password = password
    this.resets.delete(secret)
    return nothing()
  }
}

/** A letter that was sent four minutes ago, or what became of it instead. */
export function sending(part: Partial<NonNullable<Invite["mail"]>> = {}): NonNullable<Invite["mail"]> {
  return { state: "sent", at: new Date(Date.now() - 240_000).toISOString(), reason: null, ...part }
}
