import type { ReactNode } from "react"

import { useUser } from "@/api/context"
import type { User } from "@/api/types"
import { Section } from "@/components/section"

import { MakeTeam } from "./make-team"

/** What only somebody in a team can see; who is in none can make one. */
export function InTeam({ children }: { children: (team: string, user: User) => ReactNode }) {
  const user = useUser()
  if (user.team_id !== null) return children(user.team_id, user)
  return (
    <Section title="You are not in a team yet">
      <p className="mb-4 text-muted">Ask an admin of your team for an invitation to {user.email}, or make a team of your own.</p>
      <div className="max-w-sm">
        <MakeTeam />
      </div>
    </Section>
  )
}
