import { useState, type ReactNode } from "react"

import { classes } from "@/lib/classes"

/** Text that is tinted for 300 ms when it changes in place. */
export function Changing({ text, children, className, tip }: { text: string; children?: ReactNode; className?: string; tip?: string | undefined }) {
  const [seen, setSeen] = useState({ text, changes: 0 })
  if (seen.text !== text) setSeen({ text, changes: seen.changes + 1 })
  return (
    <span
      key={seen.changes}
      data-tip={tip}
      className={classes("-mx-0.5 rounded-sm px-0.5 tabular-nums", seen.changes > 0 && "animate-tint", className)}
    >
      {children ?? text}
    </span>
  )
}
