import { useState, type ReactNode } from "react"

import { Button } from "./button"

interface ConfirmProps {
  /** On the button that asks, for those who cannot see what it stands beside. */
  label: string
  ask: string
  /** What will be lost. */
  warning: ReactNode
  act: string
  keep: string
  busy: boolean
  onAct: () => void
}

/** A second press, in place, for what no undo brings back. */
export function Confirm({ label, ask, warning, act, keep, busy, onAct }: ConfirmProps) {
  const [asked, setAsked] = useState<boolean | null>(null)
  if (!asked) {
    return (
      <Button aria-label={label} autoFocus={asked === false} onClick={() => setAsked(true)}>
        {ask}
      </Button>
    )
  }
  return (
    <span className="flex flex-wrap items-center gap-2">
      <span className="text-muted">{warning}</span>
      <Button look="danger" busy={busy} onClick={onAct} autoFocus>
        {act}
      </Button>
      <Button look="ghost" onClick={() => setAsked(false)}>
        {keep}
      </Button>
    </span>
  )
}
