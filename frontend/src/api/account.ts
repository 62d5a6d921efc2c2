import { useMutation } from "@tanstack/react-query"

import { bodyOf } from "./client"
import { useApi } from "./context"

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

/** For good, with all its sessions. Afterwards nobody is signed in. */
export function useDeleteAccount() {
  const { auth, client } = useApi()
  return useMutation({
    mutationFn: (password: string) => client.DELETE("/api/auth/me", { body: { password } }),
    onSuccess: () => auth.forget(),
  })
}
