import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query"

import { ifMatch } from "./changed"
import { bodyOf } from "./client"
import { useApi, type Api } from "./context"
import type { Webhook, WebhookWords } from "./types"

const key = (team: string) => ["webhooks", team] as const
const of = (team: string) => ({ path: { team_id: team } })
const one = (team: string, id: string) => ({ path: { team_id: team, webhook_id: id } })

/** Where the team's news go besides the page. */
export const webhookList = ({ client }: Api, team: string) =>
  queryOptions({
    queryKey: key(team),
    queryFn: ({ signal }) => bodyOf(client.GET("/api/teams/{team_id}/webhooks", { params: of(team), signal })),
  })

/** What was sent there and what came of it, the newest first. */
export const deliveryLog = ({ client }: Api, team: string, id: string) =>
  infiniteQueryOptions({
    queryKey: [...key(team), id, "deliveries"],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: 20, ...(pageParam === null ? {} : { cursor: pageParam }) }
      return bodyOf(client.GET("/api/teams/{team_id}/webhooks/{webhook_id}/deliveries", { params: { ...one(team, id), query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: 5_000,
  })

export function useWebhooks(team: string) {
  const { client } = useApi()
  const queries = useQueryClient()
  const onSettled = () => queries.invalidateQueries({ queryKey: key(team) })
  return {
    /** The answer holds the secret of a generic one, which the server shows this one time. */
    add: useMutation({ mutationFn: (body: WebhookWords) => bodyOf(client.POST("/api/teams/{team_id}/webhooks", { params: of(team), body })), onSettled }),
    /** Changes one that is still as it was seen: otherwise Problem 412. */
    change: useMutation({
      mutationFn: ({ webhook, change }: { webhook: Webhook; change: Partial<WebhookWords> }) =>
        bodyOf(client.PUT("/api/teams/{team_id}/webhooks/{webhook_id}", { params: { ...one(team, webhook.id), header: ifMatch(webhook.version) }, body: change })),
      onSettled,
    }),
    remove: useMutation({
      mutationFn: (id: string) => client.DELETE("/api/teams/{team_id}/webhooks/{webhook_id}", { params: one(team, id) }),
      onSettled,
    }),
    test: useMutation({
      mutationFn: (id: string) => bodyOf(client.POST("/api/teams/{team_id}/webhooks/{webhook_id}/test", { params: one(team, id) })),
      onSettled,
    }),
  }
}
