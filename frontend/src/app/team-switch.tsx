import { useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { ChevronsUpDown, Plus } from "lucide-react"
import { lazy, Suspense, useState } from "react"

import { useApi, useUser } from "@/api/context"
import { teamDetail, teamList, useSwitchTeam } from "@/api/team"
import { Dialog } from "@/components/dialog"
import { sentence } from "@/components/form"
import { Menu, MenuChoice, MenuContent, MenuHeading, MenuItem, MenuLine, MenuTrigger } from "@/components/menu"
import { ROLES } from "@/components/roles"
import { useToast } from "@/components/toasts"

const MakeTeam = lazy(() => import("@/features/settings/make-team").then((module) => ({ default: module.MakeTeam })))

/** The team whose sessions are shown; the others the person is in; a new one. On top of the rail. */
export function TeamSwitch({ open }: { open: boolean }) {
  const name = useTeamName()
  const [making, setMaking] = useState(false)
  return (
    <>
      <Menu>
        <MenuTrigger
          aria-label={`Team: ${name}`}
          data-tip={open ? undefined : name}
          data-testid="team-name"
          className="mb-1 hidden h-10 items-center gap-2.5 rounded-md px-2 text-left hover:bg-hover sm:flex"
        >
          <img src="/icon.svg" alt="" width={22} height={22} className="shrink-0" />
          <span className={open ? "min-w-0 flex-1 truncate text-prose font-semibold" : "sr-only"}>{name}</span>
          {open && <ChevronsUpDown aria-hidden size={14} strokeWidth={1.5} className="shrink-0 text-muted" />}
        </MenuTrigger>
        <MenuContent align="start" label="Teams">
          <TeamItems onMake={() => setMaking(true)} />
        </MenuContent>
      </Menu>
      <NewTeam open={making} onOpenChange={setMaking} />
    </>
  )
}

/** Drawn only while the menu is open, so that nobody asks for teams they do not look at. */
export function TeamItems({ onMake }: { onMake: () => void }) {
  const user = useUser()
  const teams = useInfiniteQuery(teamList(useApi()))
  const change = useSwitchTeam()
  const say = useToast()
  const navigate = useNavigate()
  const held = teams.data?.pages.flatMap((page) => page.items) ?? []
  const choose = async (id: string) => {
    if (id === user.team_id) return
    try {
      await change.mutateAsync(id)
      // What is open may be of the other team.
      await navigate({ to: "/" })
    } catch (error) {
      say(sentence(error))
    }
  }
  return (
    <>
      {held.length > 1 && (
        <>
          <MenuHeading>Your teams</MenuHeading>
          <MenuChoice
            value={user.team_id ?? ""}
            choices={held.map((team) => ({ value: team.id, label: team.name, meaning: ROLES[team.role].label }))}
            onChange={(id) => void choose(id)}
          />
          <MenuLine />
        </>
      )}
      {teams.isError && <MenuHeading>Your teams could not be loaded</MenuHeading>}
      <MenuItem icon={<Plus aria-hidden size={16} strokeWidth={1.5} />} onSelect={onMake}>
        Create a team
      </MenuItem>
    </>
  )
}

export function NewTeam({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Create a team" description="You are its admin, and can switch between your teams at any time.">
      <Suspense>
        <MakeTeam />
      </Suspense>
    </Dialog>
  )
}

function useTeamName(): string {
  const user = useUser()
  const team = useQuery({ ...teamDetail(useApi(), user.team_id ?? ""), enabled: user.team_id !== null })
  return user.team_id === null ? "No team yet" : (team.data?.name ?? "")
}
