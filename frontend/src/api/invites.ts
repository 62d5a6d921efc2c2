import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query"

import { bodyOf } from "./client"
import { useApi, type Api } from "./context"
import type { Invite, Role } from "./types"

const SENDING_MS = 2_000

const key = (team: string) => ["invites", team] as const

export const inviteList = ({ client }: Api, team: string) =>
  infiniteQueryOptions({
    queryKey: key(team),
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: 50, ...(pageParam === null ? {} : { cursor: pageParam }) }
      return bodyOf(client.GET("/api/teams/{team_id}/invites", { params: { path: { team_id: team }, query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    // No event tells when a letter is sent, and it is a matter of seconds.
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.items.some(isOnItsWay)) ? SENDING_MS : false),
  })

function isOnItsWay(invite: Invite): boolean {
  return invite.mail?.state === "queued" && invite.state === "open"
}

export interface NewInvite {
  role: Role
  expires_at: string
  max_uses: number
  /** Where the link is sent; without it only the answer has it. */
  email?: string
}

/** The answer holds the link, which the server shows this one time. */
export function useMakeInvite(team: string) {
  const { client } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: NewInvite) => bodyOf(client.POST("/api/teams/{team_id}/invites", { params: { path: { team_id: team } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: key(team) }),
  })
}

/** A new letter with a new link; those sent before stop working. */
export function useResendInvite(team: string) {
  const { client } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (invite: string) => {
      const path = { team_id: team, invite_id: invite }
      return bodyOf(client.POST("/api/teams/{team_id}/invites/{invite_id}/resend", { params: { path } }))
    },
    onSettled: () => queries.invalidateQueries({ queryKey: key(team) }),
  })
}

export function useRevokeInvite(team: string) {
  const { client } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (invite: string) => {
      return client.DELETE("/api/teams/{team_id}/invites/{invite_id}", { params: { path: { team_id: team, invite_id: invite } } })
    },
    onSettled: () => queries.invalidateQueries({ queryKey: key(team) }),
  })
}

/** What an invitation is for; its holder need not be signed in. */
export const invitePreview = ({ client }: Api, secret: string) =>
  queryOptions({
    queryKey: ["invite", secret],
    queryFn: ({ signal }) => bodyOf(client.POST("/api/auth/invites/preview", { body: { invite: secret }, signal })),
    staleTime: 60_000,
  })
