import { InTeam } from "./in-team"
import { SettingsPage } from "./tabs"
import { Webhooks } from "./webhooks"

/** "Where else does our news go, and does it arrive?" */
export function WebhooksPage() {
  return (
    <SettingsPage answer="Where your team’s news goes besides this page, and whether it arrives.">
      <div className="max-w-4xl pb-8">
        <InTeam>{(team, user) => <Webhooks team={team} user={user} />}</InTeam>
      </div>
    </SettingsPage>
  )
}
