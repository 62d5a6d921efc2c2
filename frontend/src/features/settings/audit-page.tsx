import { useUser } from "@/api/context"
import { Empty } from "@/components/notice"

import { AuditLog } from "./audit-log"
import { InTeam } from "./in-team"
import { SettingsPage } from "./tabs"

/** "Who did what, and when?" For admins. */
export function AuditPage() {
  const { role } = useUser()
  return (
    <SettingsPage answer="Who did what in your team. Entries are kept 400 days, and nobody can change one.">
      <div className="pb-8">
        <InTeam>
          {(team) =>
            role === "admin" ? (
              <AuditLog team={team} />
            ) : (
              <Empty title="The audit log is for admins">Ask an admin of your team for what you need to know.</Empty>
            )
          }
        </InTeam>
      </div>
    </SettingsPage>
  )
}
