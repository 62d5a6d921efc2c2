import type { Tokens } from "@/api/types"
import { classes } from "@/lib/classes"
import { exact, percent, rounded, UNKNOWN } from "@/lib/format/numbers"

/** How much of the model's window is in use, with ticks at 70 and 90 %. */
export function ContextBar({ tokens, tall = false }: { tokens: Tokens; tall?: boolean }) {
  const { context_used: used, context_window: window } = tokens
  const share = percent(used, window)
  const fill = share === null ? 0 : Math.min(100, share)
  const tone = fill >= 90 ? "bg-critical" : fill >= 70 ? "bg-warning" : "bg-accent"
  const tip = share === null ? "Context in use: not recorded by this tool." : `Context in use: ${exact(used)} of ${exact(window)} tokens.`
  return (
    <div className="flex items-center gap-2 text-meta text-muted" data-tip={tip}>
      <div
        role="meter"
        aria-label="Context in use"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={fill}
        aria-valuetext={share === null ? "unknown" : `${share} %`}
        className={classes("relative flex-1 overflow-hidden rounded-full bg-track", tall ? "h-2" : "h-1.5")}
      >
        <div className={classes("h-full rounded-full transition-[width] duration-300", tone)} style={{ width: `${fill}%` }} />
        <span className="absolute inset-y-0 left-[70%] w-px bg-surface" />
        <span className="absolute inset-y-0 left-[90%] w-px bg-surface" />
      </div>
      <span className="w-22 shrink-0 whitespace-nowrap text-right tabular-nums">
        {share === null ? UNKNOWN : `${rounded(used)} / ${rounded(window)}`}
      </span>
    </div>
  )
}
