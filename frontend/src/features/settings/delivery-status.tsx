import { CircleCheck, CircleDashed, CircleX, type LucideIcon } from "lucide-react"

import type { Delivery } from "@/api/types"
import { classes } from "@/lib/classes"

const STATUSES: Record<Delivery["status"], { label: string; icon: LucideIcon; ink: string }> = {
  delivered: { label: "Delivered", icon: CircleCheck, ink: "text-good-ink" },
  waiting: { label: "On its way", icon: CircleDashed, ink: "text-warning-ink" },
  failed: { label: "Failed", icon: CircleX, ink: "text-critical-ink" },
}

/** What became of a message, as icon and word. */
export function StatusLine({ status }: { status: Delivery["status"] }) {
  const { label, icon: Icon, ink } = STATUSES[status]
  return (
    <span className={classes("inline-flex items-center gap-1 font-medium", ink)}>
      <Icon aria-hidden size={12} strokeWidth={1.75} />
      {label}
    </span>
  )
}
