import { useQueryClient } from "@tanstack/react-query"

import { overtakenBy } from "@/api/changed"
import { useApi } from "@/api/context"
import { deleteInsight, hideInsight, unhideInsight, useEditInsight } from "@/api/insights"
import type { Insight, InsightState, InsightWords, User } from "@/api/types"
import { sentence } from "@/components/form"
import { useLateDeed } from "@/components/late-deed"
import { useToast } from "@/components/toasts"

/** Its author, and an admin. */
export function mayEdit(insight: Insight, user: User): boolean {
  return user.role === "admin" || (user.role === "member" && insight.shared_by === user.id)
}

/** What nobody wrote, every member may agree with or set aside. */
export function mayDecide(insight: Insight, user: User): boolean {
  return mayEdit(insight, user) || (insight.origin === "detected" && user.role === "member")
}

const SAID: Record<InsightState, string> = { proposed: "It is a proposal again", accepted: "Accepted", retired: "Retired" }

/** What is done with a press, each with its way back. */
export function useDeciding(insight: Insight) {
  const edit = useEditInsight(insight.id)
  const say = useToast()
  const change = async (wanted: InsightWords, said: string, back: InsightWords | null, version: number) => {
    try {
      const saved = await edit.mutateAsync({ change: wanted, version })
      say(said, back === null ? undefined : () => void change(back, "As it was before", null, saved.version))
    } catch (error) {
      const now = overtakenBy<Insight>(error)
      say(now ? "Somebody else changed it meanwhile; nothing of yours was done. This is what it says now." : sentence(error))
    }
  }
  const { state, type, version } = insight
  return {
    busy: edit.isPending,
    move: (to: InsightState) => void change({ state: to }, insight.origin === "detected" && to === "retired" ? "Dismissed: it will not be found again" : SAID[to], { state }, version),
    learn: () => void change({ type: "learning", state: "accepted" }, "It is a learning now", { type, state }, version),
  }
}

export function useDeletingInsight(): (insight: Insight) => void {
  const api = useApi()
  const queries = useQueryClient()
  const later = useLateDeed()
  return ({ id, title }) =>
    later({
      said: `“${title}” is deleted`,
      failed: "The insight was not deleted.",
      hide: () => hideInsight(queries, id),
      show: () => unhideInsight(queries, id),
      send: () => deleteInsight(api, queries, id),
    })
}
