import { useQuery } from "@tanstack/react-query"

import { useApi } from "@/api/context"
import { teamDetail } from "@/api/team"
import type { User } from "@/api/types"
import { Part, Section } from "@/components/section"

import { InTeam } from "./in-team"
import { LeaveTeam } from "./leave-team"
import { DeleteTeam } from "./delete-team"
import { SettingsPage } from "./tabs"
import { TeamFacts } from "./team-facts"
import { TeamForm } from "./team-form"

/** What the team is called and how it works. Admins change it, everybody sees it. */
export function TeamPage() {
  return (
    <SettingsPage answer="What your team is called, and what holds for all its sessions.">
      <InTeam>{(team, user) => <Team id={team} user={user} />}</InTeam>
    </SettingsPage>
  )
}

function Team({ id, user }: { id: string; user: User }) {
  const team = useQuery(teamDetail(useApi(), id))
  return (
    <div className="grid items-start gap-4 pb-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <Section title="Team settings">
        <Part query={team} failure="The team could not be loaded" lines={6}>
          {(found) => (user.role === "admin" ? <TeamForm team={found} /> : <TeamFacts team={found} />)}
        </Part>
      </Section>
      <div className="flex min-w-0 flex-col gap-4">
        <LeaveTeam id={id} name={team.data?.name ?? "the team"} user={user} />
        {user.role === "admin" && team.data && <DeleteTeam team={team.data} />}
      </div>
    </div>
  )
}
