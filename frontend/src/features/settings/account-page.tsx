import { DeleteAccount } from "./delete-account"
import { Devices } from "./devices"
import { OwnData } from "./own-data"
import { Profile } from "./profile"
import { SettingsPage } from "./tabs"
import { SignIn } from "./sign-in"
import { ThemeChoice } from "./theme-choice"
import { Tokens } from "./tokens"

/** The person's own things. */
export function AccountPage() {
  return (
    <SettingsPage answer="Who you are here, where you are signed in, and what may speak in your name.">
      <div className="grid items-start gap-4 pb-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-4">
          <SignIn />
          <Devices />
          <Tokens />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <Profile />
          <ThemeChoice />
          <OwnData />
          <DeleteAccount />
        </div>
      </div>
    </SettingsPage>
  )
}
