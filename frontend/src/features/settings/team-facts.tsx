import type { ReactNode } from "react"

import type { Team, TeamSettings } from "@/api/types"
import { compact, counted } from "@/lib/format/numbers"
import { date } from "@/lib/format/times"
import { TIERS } from "@/lib/tiers"

const KEPT = {
  details_days: "Their details",
  alerts_days: "Alerts that are over",
  notifications_days: "Notifications",
  deliveries_days: "Log of webhooks",
  commands_days: "Commands to machines",
} as const

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
        <Fact name="Token limits">{limitWords(settings.token_limits)}</Fact>
        <Fact name="Taken in from machines">{TIERS[settings.capture_tier].name.toLowerCase()}</Fact>
        <Fact name="Ended sessions">{settings.retention_days == null ? "are kept for good" : `are kept ${counted(settings.retention_days, "day")}`}</Fact>
        {Object.entries(KEPT).map(([name, label]) => {
          const days = settings.retention[name as keyof typeof KEPT]
          return days == null ? null : <Fact key={name} name={label}>{`are kept ${counted(days, "day")}`}</Fact>
        })}
        <Fact name="Public pages">{settings.allow_public ? "owners may share by a public link" : "not allowed"}</Fact>
        <Fact name="Commands">{[...(settings.commands_allowed ?? [])].join(", ") || "none"}</Fact>
        <Fact name="Since">{date(team.created_at)}</Fact>
      </dl>
      <p className="mt-4 text-muted">Admins of the team can change this.</p>
    </>
  )
}

function limitWords({ per_session: session, per_member_day: day, per_team_month: month }: TeamSettings["token_limits"]): string {
  const parts = [session && `${compact(session)} a session`, day && `${compact(day)} a person and day`, month && `${compact(month)} a month`].filter(Boolean)
  return parts.length === 0 ? "none" : parts.join(", ")
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  )
}
