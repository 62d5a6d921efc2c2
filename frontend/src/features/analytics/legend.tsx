import { useState } from "react"

import { classes } from "@/lib/classes"

import type { Line } from "./series"
import { brief, full, shareText, type Unit } from "./units"

interface LegendProps {
  lines: readonly Line[]
  hidden: readonly string[]
  unit: Unit
  onToggle: (key: string) => void
}

/** Names the lines beside their numbers; each can be taken out and put back. */
export function Legend({ lines, hidden, unit, onToggle }: LegendProps) {
  return (
    <div role="group" aria-label="What is shown" className="mb-2 flex flex-wrap items-center gap-x-1">
      {lines.map(({ key, label, colour, total, share }) => {
        const off = hidden.includes(key)
        return (
          <button
            key={key}
            type="button"
            aria-pressed={!off}
            data-tip={`${label}: ${full(total, unit)}`}
            onClick={() => onToggle(key)}
            className={classes("inline-flex h-6 max-w-full items-center gap-1.5 rounded-md px-2 text-meta hover:bg-hover", off && "text-muted line-through")}
          >
            <span aria-hidden className="size-2 shrink-0 rounded-xs" style={{ background: off ? "var(--track)" : colour }} />
            <span className="truncate">{label}</span>
            <span className="text-muted tabular-nums">
              {brief(total, unit)}
              {share !== null && ` · ${shareText(share, total)}`}
            </span>
          </button>
        )
      })}
    </div>
  )
}

/** Which lines a reader has taken out. */
export function useHidden() {
  const [hidden, setHidden] = useState<readonly string[]>([])
  return { hidden, toggle: (key: string) => setHidden((held) => (held.includes(key) ? held.filter((one) => one !== key) : [...held, key])) }
}
