import type { User } from "@/api/types"

import { json, problem } from "./answers"

export interface Account {
  user: User
  password: string
}

/** Changes the account as the server would, or answers why not. */
export function changeAccount(account: Account, body: Record<string, unknown>): Response | null {
  const { password, current_password, ...rest } = body as { password?: string; current_password?: string }
  const guarded = password !== undefined || "email" in rest
  if (guarded && current_password !== account.password) return problem(422, "wrong_password", "is not your password", "current_password")
  account.user = { ...account.user, ...rest }
  account.password = password ?? account.password
  return null
}

/** The parts of what is held of a person. */
export function ownData(route: string, account: Account): Response | null {
  if (route === "GET /api/auth/me/export") return json(200, { account: account.user })
  if (route === "GET /api/insights/mine/export") return json(200, { insights: [] })
  return route === "GET /api/sessions/mine/export" ? json(200, { sessions: [] }) : null
}
