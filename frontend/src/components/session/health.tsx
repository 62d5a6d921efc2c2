import type { Grade, Health } from "@/api/types"
import { classes } from "@/lib/classes"

export const GRADE_NAMES: Record<Grade, string> = { good: "Healthy", warning: "Watch", critical: "Unhealthy" }

const PILL: Record<Grade, string> = {
  good: "bg-good-soft text-good-ink",
  warning: "bg-warning-soft text-warning-ink",
  critical: "bg-critical-soft text-critical-ink",
}

export const GRADE_FILL: Record<Grade, string> = { good: "bg-good", warning: "bg-warning", critical: "bg-critical" }

const DEFINITION = "Health, 0 to 100: worked out from context use, errors, tool failures, compactions, loops and activity."

/** Score with its word, never colour alone; the top reason beside it where there is room. */
export function HealthPill({ health, reason = true }: { health: Health | null; reason?: boolean }) {
  if (!health) return <span className="text-meta text-muted" data-tip="This tool does not record enough to say.">Health —</span>
  return (
    <span
      data-tip={[DEFINITION, health.top_reason].filter(Boolean).join("\n")}
      className={classes("inline-flex min-w-0 items-center gap-1 rounded-full px-2 text-meta leading-5", PILL[health.grade])}
    >
      <span className="font-semibold tabular-nums">{Math.round(health.score)}</span>
      <span className="truncate">{(reason && health.grade !== "good" && health.top_reason) || GRADE_NAMES[health.grade]}</span>
    </span>
  )
}

/** The 3 px edge of a card. */
export function HealthEdge({ health, ended }: { health: Health | null; ended: boolean }) {
  return (
    <span
      aria-hidden
      className={classes(
        "absolute inset-y-0 left-0 w-[3px] rounded-l-card",
        health ? GRADE_FILL[health.grade] : "bg-line-strong",
        ended && "opacity-40",
      )}
    />
  )
}
