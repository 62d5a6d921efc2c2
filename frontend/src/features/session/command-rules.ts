import type { CommandKind, Machine, Session, TeamSettings, User } from "@/api/types"

export interface Rules {
  session: Session
  user: User
  settings: TeamSettings | undefined
  /** The machine that reports the session; undefined while that is not known, null where there is none. */
  machine: Machine | null | undefined
}

/** Why this person cannot ask this of the session's machine now; null where they can. The server has the last word. */
export function objection(kind: CommandKind, { session, user, settings, machine }: Rules): string | null {
  const own = session.user_id === user.id
  if (user.role === "viewer") return "Viewers look on: they command no machine."
  if (!own && user.role !== "admin") return `Only ${session.username} may ask anything of this session’s machine.`
  if (!own && settings && !settings.admin_commands) return "This team lets nobody but its owner command a session’s machine."
  if (settings?.commands_allowed?.includes(kind) === false) return "This team does not allow it. An admin can, in the team’s settings."
  if (session.agent_id === null || machine === null) return "No machine with an agent reports this session."
  if (!own && machine?.admin_commands === false) return `${machine.hostname} takes commands from ${session.username} only.`
  if (machine?.commands && !machine.commands.includes(kind)) return `The agent on ${machine.hostname} was told not to take this.`
  if (kind === "close" && session.status === "ended") return "It has ended already."
  return null
}

export const COMMANDS: Record<CommandKind, { word: string; meaning: string }> = {
  close: { word: "Close", meaning: "Ends the tool’s process on its machine: it is asked first, and made to after a while." },
  export: { word: "Export", meaning: "All that the machine knows of the session, at its own capture tier, as a file." },
  refresh: { word: "Refresh", meaning: "The machine reads the session’s files anew and reports at once." },
}
