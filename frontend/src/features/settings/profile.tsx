import { useQuery } from "@tanstack/react-query"

import { useApi, useUser } from "@/api/context"
import { teamDetail } from "@/api/team"
import { Avatar } from "@/components/avatar"
import { Button } from "@/components/button"
import { ROLES } from "@/components/roles"
import { Section } from "@/components/section"
import { date } from "@/lib/format/times"

export function Profile() {
  const api = useApi()
  const user = useUser()
  const team = useQuery({ ...teamDetail(api, user.team_id ?? ""), enabled: user.team_id !== null })
  return (
    <Section title="Account">
      <div className="mb-3 flex items-center gap-3">
        <Avatar name={user.username} id={user.id} size="large" />
        <div className="min-w-0">
          <p className="truncate text-prose font-medium">{user.username}</p>
          <p className="truncate text-muted">{user.email}</p>
        </div>
      </div>
      <dl className="mb-4 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        <dt className="text-muted">Team</dt>
        <dd>{user.team_id === null ? "None yet" : (team.data?.name ?? "—")}</dd>
        {user.role && (
          <>
            <dt className="text-muted">Role</dt>
            <dd>{ROLES[user.role].label}</dd>
          </>
        )}
        <dt className="text-muted">Since</dt>
        <dd>{date(user.created_at)}</dd>
      </dl>
      <Button onClick={() => void api.auth.signOut()}>Sign out</Button>
    </Section>
  )
}
