import { infiniteQueryOptions, useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query"

import { changing, ifMatch } from "./changed"
import { bodyOf, type Client } from "./client"
import { useApi, type Api } from "./context"
import { insightKeys, overItems, patchInsight, withComment, type Thread } from "./insight-cache"
import type { InsightComment } from "./types"

const ofInsight = (id: string) => ({ path: { insight_id: id } })
const one = (id: string, comment: string) => ({ path: { insight_id: id, comment_id: comment } })

/** What people say of an insight, the oldest first. */
export const insightComments = ({ client }: Api, id: string) =>
  infiniteQueryOptions({
    queryKey: insightKeys.comments(id),
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: 100, ...(pageParam === null ? {} : { cursor: pageParam }) }
      return bodyOf(client.GET("/api/insights/{insight_id}/comments", { params: { ...ofInsight(id), query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })

export function useAddComment(id: string) {
  const { client } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: { content: string; parent_id?: string }) =>
      bodyOf(client.POST("/api/insights/{insight_id}/comments", { params: ofInsight(id), body })),
    onSuccess: (comment) => {
      const thread = queries.getQueryData<Thread>(insightKeys.comments(id))
      // The socket may have been faster.
      const known = thread?.pages.some((page) => page.items.some((each) => each.id === comment.id)) ?? false
      if (thread && !known) queries.setQueryData(insightKeys.comments(id), withComment(thread, comment))
      if (!known) patchInsight(queries, id, (held) => ({ comments: held.comments + 1 }))
    },
  })
}

/** Changes a comment that is still as it was seen: otherwise Overtaken. */
export function useEditComment(id: string) {
  const { client } = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ comment, content }: { comment: InsightComment; content: string }) => {
      const params = { ...one(id, comment.id), header: ifMatch(comment.version) }
      return changing(
        () => bodyOf(client.PUT("/api/insights/{insight_id}/comments/{comment_id}", { params, body: { content } })),
        () => commentNow(client, id, comment),
      )
    },
    onSuccess: (comment) => replaceComment(queries, id, comment),
  })
}

/** For good; it leaves a place where it was answered. Is sent even while the page is being left. */
export async function deleteComment({ client }: Api, queries: QueryClient, id: string, comment: string): Promise<void> {
  await client.DELETE("/api/insights/{insight_id}/comments/{comment_id}", { params: one(id, comment), keepalive: true })
  void queries.invalidateQueries({ queryKey: insightKeys.one(id) })
  void queries.invalidateQueries({ queryKey: insightKeys.feeds, refetchType: "none" })
}

export function replaceComment(queries: QueryClient, id: string, comment: InsightComment): void {
  const swap = (items: InsightComment[]) => items.map((each) => (each.id === comment.id ? comment : each))
  queries.setQueryData<Thread>(insightKeys.comments(id), (held) => held && overItems(held, swap))
}

/** A comment has no address of its own: it is found in its thread. */
async function commentNow(client: Client, id: string, comment: InsightComment): Promise<InsightComment> {
  let cursor: string | null = null
  do {
    const query: { limit: number; cursor?: string } = { limit: 200, ...(cursor === null ? {} : { cursor }) }
    const page = await bodyOf(client.GET("/api/insights/{insight_id}/comments", { params: { ...ofInsight(id), query } }))
    const found = page.items.find((each) => each.id === comment.id)
    if (found) return found
    cursor = page.next_cursor
  } while (cursor !== null)
  return { ...comment, content: "", deleted: true }
}
