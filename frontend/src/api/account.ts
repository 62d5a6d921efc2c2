import { useMutation } from "@tanstack/react-query"

import { bodyOf } from "./client"
import { useApi } from "./context"
import { Problem, Unreachable } from "./problem"

export interface AccountChange {
  username?: string
  email?: string
  password?: string
  current_password?: string
}

/** A new email or password needs the current password, and ends all other sign-ins. */
export function useChangeAccount() {
  const { auth, client } = useApi()
  return useMutation({
    mutationFn: (body: AccountChange) => bodyOf(client.PUT("/api/auth/me", { body })),
    onSuccess: (user) => auth.update(user),
  })
}

/**
 * Everything that is held of the person, as one JSON file: each service writes its own part. The browser keeps what
 * comes outside of the page's memory, however many sessions there are.
 */
export function useOwnData() {
  const { client } = useApi()
  return useMutation({
    mutationFn: async () => {
      const [account, work, learnt] = await Promise.all([
        bodyOf(client.GET("/api/auth/me/export", { parseAs: "blob" })),
        bodyOf(client.GET("/api/sessions/mine/export", { parseAs: "blob" })),
        bodyOf(client.GET("/api/insights/mine/export", { parseAs: "blob" })),
      ]).catch((error: unknown) => {
        // What breaks off in the middle of a file has no answer of its own.
        throw error instanceof Problem ? error : new Unreachable()
      })
      return new Blob(['{"account":', account, ',"work":', work, ',"insights":', learnt, "}"])
    },
  })
}

/** For good, with all its sessions. Afterwards nobody is signed in. */
export function useDeleteAccount() {
  const { auth, client } = useApi()
  return useMutation({
    mutationFn: (password: string) => client.DELETE("/api/auth/me", { body: { password } }),
    onSuccess: () => auth.forget(),
  })
}
