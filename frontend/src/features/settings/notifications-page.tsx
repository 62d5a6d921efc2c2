import { useQuery } from "@tanstack/react-query"

import { useApi } from "@/api/context"
import { noticePreferences } from "@/api/notices"
import { Part, Section } from "@/components/section"

import { BrowserPermission } from "./browser-permission"
import { InTeam } from "./in-team"
import { PreferencesForm } from "./preferences-form"
import { SettingsPage } from "./tabs"

/** "What am I told, where, and when not?" */
export function NotificationsPage() {
  return (
    <SettingsPage answer="What you are told of, where, and when you want quiet.">
      <InTeam>{() => <Preferences />}</InTeam>
    </SettingsPage>
  )
}

function Preferences() {
  const preferences = useQuery(noticePreferences(useApi()))
  return (
    <div className="flex max-w-5xl flex-col gap-4 pb-8">
      <BrowserPermission />
      <Section title="What you are told of" definition="Slack, Teams and webhooks are your team’s: what is sent there, an admin sets up under Webhooks.">
        <Part query={preferences} failure="Your choices could not be loaded" lines={11}>
          {(found) => <PreferencesForm preferences={found} />}
        </Part>
      </Section>
    </div>
  )
}
