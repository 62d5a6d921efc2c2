import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { Laptop, SearchX, Unplug } from "lucide-react"
import type { ReactNode } from "react"

import { useApi, useUser } from "@/api/context"
import { machineList } from "@/api/machines"
import { buttonClasses } from "@/components/button"
import { Empty } from "@/components/notice"
import { counted } from "@/lib/format/numbers"

const ICON = { "aria-hidden": true, size: 24, strokeWidth: 1.5 } as const

/** Why there is no session at all, and the next step. */
export function NothingHere({ earlier }: { earlier: ReactNode }) {
  const user = useUser()
  const machines = useQuery(machineList(useApi()))
  if (!machines.data) return null
  const mine = machines.data.items.filter((machine) => machine.user_id === user.id)
  if (mine.length === 0) {
    return (
      <Empty title="No machine of yours is connected yet" icon={<Unplug {...ICON} />} action={<ConnectLink look="primary" />}>
        An agent on your machine finds the sessions of Claude Code, Codex CLI and other tools, and reports their numbers here.
        Nobody in your team has a session to show at the moment.
      </Empty>
    )
  }
  const actions = (
    <>
      {earlier}
      <ConnectLink look="secondary" />
    </>
  )
  return (
    <Empty title="No session in the last 24 hours" icon={<Laptop {...ICON} />} action={actions}>
      {mine.map((machine) => machine.hostname).join(", ")} {mine.length === 1 ? "is" : "are"} connected. Start your coding tool there: its
      session appears here within seconds. Colleagues’ sessions appear when they are shared.
    </Empty>
  )
}

export function NothingMatches({ total }: { total: number }) {
  return (
    <Empty
      title="No session matches this filter"
      icon={<SearchX {...ICON} />}
      action={
        <Link to="/" className={buttonClasses("secondary")}>
          Clear the filter
        </Link>
      }
    >
      {counted(total, "session is", "sessions are")} hidden by it.
    </Empty>
  )
}

function ConnectLink({ look }: { look: "primary" | "secondary" }) {
  return (
    <Link to="/connect" className={buttonClasses(look)}>
      {look === "primary" ? "Connect a machine" : "Connect another machine"}
    </Link>
  )
}
