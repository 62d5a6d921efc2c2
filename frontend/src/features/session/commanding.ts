import { useQuery } from "@tanstack/react-query"

import { useAsk } from "@/api/commands"
import { useApi } from "@/api/context"
import { machineList } from "@/api/machines"
import { teamDetail } from "@/api/team"
import type { CommandKind, Machine, Session, User } from "@/api/types"
import { sentence } from "@/components/form"
import { useToast } from "@/components/toasts"

import { objection, type Rules } from "./command-rules"

export interface Commanding {
  machine: Machine | null | undefined
  busy: boolean
  objection: (kind: CommandKind) => string | null
  ask: (kind: CommandKind) => void
}

/** What may be asked of the session's machine, and the asking itself. */
export function useCommanding(session: Session, user: User): Commanding {
  const api = useApi()
  const team = useQuery(teamDetail(api, session.team_id))
  const machines = useQuery(machineList(api))
  const asking = useAsk(session.id)
  const say = useToast()
  const machine = machines.data ? (machines.data.items.find((one) => one.id === session.agent_id) ?? null) : undefined
  const rules: Rules = { session, user, settings: team.data?.settings, machine }
  return {
    machine,
    busy: asking.isPending,
    objection: (kind) => objection(kind, rules),
    ask: (kind) => asking.mutate(kind, { onError: (error) => say(sentence(error)) }),
  }
}
