import { Archive, CircleCheck, CircleDashed, Compass, Lightbulb, Radar, Waypoints, type LucideIcon } from "lucide-react"

import type { Insight, InsightState, InsightType } from "@/api/types"
import { classes } from "@/lib/classes"

const ICON = { "aria-hidden": true, size: 14, strokeWidth: 1.75, className: "shrink-0" } as const

export const TYPES: Record<InsightType, { label: string; meaning: string; icon: LucideIcon }> = {
  learning: { label: "Learning", meaning: "Something found out", icon: Lightbulb },
  pattern: { label: "Pattern", meaning: "Something that keeps happening", icon: Waypoints },
  recommendation: { label: "Recommendation", meaning: "Something to do, or not to do", icon: Compass },
}

export const STATES: Record<InsightState, { label: string; meaning: string; icon: LucideIcon; ink: string }> = {
  proposed: { label: "Proposed", meaning: "Said by somebody; the team has not agreed yet.", icon: CircleDashed, ink: "text-muted" },
  accepted: { label: "Accepted", meaning: "The team holds it for true.", icon: CircleCheck, ink: "text-good-ink" },
  retired: { label: "Retired", meaning: "It no longer holds, or was set aside.", icon: Archive, ink: "text-muted" },
}

export const INSIGHT_TYPES = Object.keys(TYPES) as InsightType[]
export const INSIGHT_STATES = Object.keys(STATES) as InsightState[]

export function TypeMark({ type }: { type: InsightType }) {
  const { label, meaning, icon: Icon } = TYPES[type]
  return (
    <span className="inline-flex items-center gap-1.5 font-medium text-muted" data-tip={meaning}>
      <Icon {...ICON} />
      {label}
    </span>
  )
}

/** Proposed is what an insight is when nothing is said of it: only the others are named. */
export function StateMark({ state, always = false }: { state: InsightState; always?: boolean }) {
  if (state === "proposed" && !always) return null
  const { label, meaning, icon: Icon, ink } = STATES[state]
  return (
    <span className={classes("inline-flex items-center gap-1.5 font-medium", ink)} data-tip={meaning}>
      <Icon {...ICON} />
      {label}
    </span>
  )
}

/** Nobody wrote it: it was found in the team's own history. */
export function OriginMark({ insight }: { insight: Pick<Insight, "origin"> }) {
  if (insight.origin === "person") return null
  return (
    <span className="inline-flex items-center gap-1.5 font-medium text-info-ink" data-tip="Found in your team’s own history by a rule; the evidence stands below it.">
      <Radar {...ICON} />
      Detected
    </span>
  )
}
