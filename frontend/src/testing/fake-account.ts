import type { User } from "@/api/types"

import { problem } from "./answers"

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
