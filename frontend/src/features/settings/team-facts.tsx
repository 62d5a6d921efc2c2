import type { ReactNode } from "react"

import type { Team } from "@/api/types"
import { date } from "@/lib/format/times"

/** The team as its members and viewers see it. */
export function TeamFacts({ team }: { team: Team }) {
  const { settings } = team
  return (
    <>
      <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[auto_minmax(0,1fr)]">
        <Fact name="Name">{team.name}</Fact>
        <Fact name="New sessions are">{settings.default_visibility === "team" ? "shared with the team" : "private until shared"}</Fact>
        <Fact name="Time zone">{settings.timezone}</Fact>
        <Fact name="Health">
          warning below {settings.health_thresholds.warning}, critical below {settings.health_thresholds.critical}
        </Fact>
        <Fact name="Token warning">at {settings.token_warning_percent} % of a limit</Fact>
        <Fact name="Since">{date(team.created_at)}</Fact>
      </dl>
      <p className="mt-4 text-muted">Admins of the team can change this.</p>
    </>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  )
}
