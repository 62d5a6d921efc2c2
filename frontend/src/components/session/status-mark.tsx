import { CircleCheck, Contrast, Hand, OctagonAlert } from "lucide-react"

import type { Session, Status } from "@/api/types"
import { classes } from "@/lib/classes"
import { useNow } from "@/lib/clock"

import { STATUS_NAMES, statusWords } from "./wording"

const INK: Record<Status, string> = {
  active: "text-good-ink",
  waiting: "text-warning-ink",
  idle: "text-muted",
  error: "text-critical-ink",
  ended: "text-muted",
}

/** Status as icon and word, in the wording of this very session. */
export function StatusMark({ session, me }: { session: Session; me: string }) {
  return <StatusLabel status={session.status} label={statusWords(session, me, useNow())} />
}

export function StatusLabel({ status, label = STATUS_NAMES[status] }: { status: Status; label?: string }) {
  return (
    <span className={classes("inline-flex min-w-0 items-center gap-1.5 font-medium", INK[status])}>
      <StatusIcon status={status} />
      <span className="truncate">{label}</span>
    </span>
  )
}

export function StatusIcon({ status }: { status: Status }) {
  const look = { "aria-hidden": true, size: 14, strokeWidth: 1.75, className: "shrink-0" } as const
  switch (status) {
    case "active":
      return (
        <span aria-hidden className="relative m-[3px] inline-flex size-2 shrink-0 rounded-full bg-good">
          <span className="absolute inset-0 animate-ring rounded-full bg-good motion-reduce:hidden" />
        </span>
      )
    case "waiting":
      return <Hand {...look} />
    case "idle":
      return <Contrast {...look} />
    case "error":
      return <OctagonAlert {...look} />
    case "ended":
      return <CircleCheck {...look} />
  }
}
