import { Invites } from "./invites"
import { InTeam } from "./in-team"
import { MemberList } from "./member-list"
import { SettingsPage } from "./tabs"

/** "Who may do what?" */
export function MembersPage() {
  return (
    <SettingsPage answer="Who is in your team, and what each of them may do.">
      <div className="flex flex-col gap-4 pb-8">
        <InTeam>
          {(team, user) => (
            <>
              <MemberList team={team} user={user} />
              {user.role === "admin" && <Invites team={team} />}
            </>
          )}
        </InTeam>
      </div>
    </SettingsPage>
  )
}
