import { queryOptions, useMutation } from "@tanstack/react-query"

import { bodyOf } from "./client"
import { useApi, type Api } from "./context"

/** Whether this server sends mail at all, and how long a link to a new password is good. For anybody. */
export const mailOptions = ({ client }: Api) =>
  queryOptions({
    queryKey: ["mail"],
    queryFn: ({ signal }) => bodyOf(client.GET("/api/auth/mail", { signal })),
    staleTime: 60_000,
  })

/** Asks for a letter with a link. The answer is the same whether or not there is such an account. */
export function useAskReset() {
  const { client } = useApi()
  return useMutation({ mutationFn: (email: string) => client.POST("/api/auth/reset", { body: { email } }) })
}

export interface NewPassword {
  token: string
  password: string
}

/** Afterwards nobody is signed in to that account, here included. */
export function useConfirmReset() {
  const { auth, client } = useApi()
  return useMutation({
    mutationFn: (body: NewPassword) => client.POST("/api/auth/reset/confirm", { body }),
    onSuccess: () => auth.forget(),
  })
}
