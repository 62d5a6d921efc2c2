import type { ReactNode } from "react"

import type { CommandKind, TeamSettings } from "@/api/types"
import { Select } from "@/components/select"

const COMMANDS: readonly { kind: CommandKind; label: string }[] = [
  { kind: "close", label: "Close sessions on their machines" },
  { kind: "export", label: "Fetch exports from machines" },
  { kind: "refresh", label: "Have machines report anew" },
]
const NAMES = [
  { value: "full", label: "User names" },
  { value: "initials", label: "Initials" },
  { value: "none", label: "No names" },
]

type Permissions = Pick<TeamSettings, "allow_public" | "commands_allowed" | "admin_commands" | "wall_names">

/** What the team lets its people do beyond its own pages. */
export function PermissionFields({ settings }: { settings: TeamSettings }) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Group legend="Owners may command the machines of their sessions to">
        {COMMANDS.map(({ kind, label }) => (
          <Check key={kind} name={`command_${kind}`} checked={settings.commands_allowed?.includes(kind) ?? true}>
            {label}
          </Check>
        ))}
        <Check name="admin_commands" checked={settings.admin_commands}>
          Admins too, where a machine allows it
        </Check>
      </Group>
      <div className="flex flex-col gap-4">
        <Group legend="Public pages">
          <Check name="allow_public" checked={settings.allow_public}>
            Owners may share sessions by a public link
          </Check>
        </Group>
        <Select label="On a wall, people are shown by" name="wall_names" choices={NAMES} defaultValue={settings.wall_names} />
      </div>
    </div>
  )
}

/** What the form says, in the order in which the server keeps it. */
export function permissionsOf(values: FormData): Permissions {
  const names = values.get("wall_names")
  return {
    allow_public: values.has("allow_public"),
    commands_allowed: COMMANDS.filter(({ kind }) => values.has(`command_${kind}`)).map(({ kind }) => kind),
    admin_commands: values.has("admin_commands"),
    wall_names: names === "initials" || names === "none" ? names : "full",
  }
}

function Group({ legend, children }: { legend: string; children: ReactNode }) {
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 text-body font-medium">{legend}</legend>
      {children}
    </fieldset>
  )
}

export function Check({ name, checked, children }: { name: string; checked: boolean; children: ReactNode }) {
  return (
    <label className="flex min-h-6 items-center gap-2">
      <input type="checkbox" name={name} defaultChecked={checked} className="size-4 accent-accent" />
      {children}
    </label>
  )
}
