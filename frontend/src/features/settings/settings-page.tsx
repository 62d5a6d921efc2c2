import { Page } from "@/components/page"

import { Machines } from "./machines"
import { Profile } from "./profile"
import { ThemeChoice } from "./theme-choice"
import { Tokens } from "./tokens"

/** The person's own things. */
export function SettingsPage() {
  return (
    <Page title="Settings" answer="Your account, your machines and what may speak in your name.">
      <div className="grid items-start gap-4 pb-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-4">
          <Machines />
          <Tokens />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <Profile />
          <ThemeChoice />
        </div>
      </div>
    </Page>
  )
}
