import { InTeam } from "./in-team"
import { Machines } from "./machines"
import { SettingsPage } from "./tabs"

/** The machines that report to this team. */
export function MachinesPage() {
  return (
    <SettingsPage answer="The machines whose agents report here. Their owners and admins can revoke them.">
      <div className="pb-8">
        <InTeam>{() => <Machines />}</InTeam>
      </div>
    </SettingsPage>
  )
}
