import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"

import { useApi, useUser } from "@/api/context"
import { machineList, useRevokeMachine } from "@/api/machines"
import type { Machine, User } from "@/api/types"
import { Ago } from "@/components/ago"
import { buttonClasses } from "@/components/button"
import { Confirm } from "@/components/confirm"
import { sentence } from "@/components/form"
import { Nothing, Part, Section } from "@/components/section"
import { useToast } from "@/components/toasts"
import { classes } from "@/lib/classes"

export function Machines() {
  const user = useUser()
  const machines = useQuery({ ...machineList(useApi()), refetchInterval: 10_000 })
  return (
    <Section
      title="Machines"
      aside={
        <Link to="/connect" className={buttonClasses()}>
          Connect a machine
        </Link>
      }
    >
      <Part query={machines} failure="The machines could not be loaded">
        {({ items }) =>
          items.length === 0 ? (
            <Nothing>No machine is connected yet. An agent on it finds your sessions and reports their numbers.</Nothing>
          ) : (
            <ul className="divide-y divide-line" aria-label="Machines">
              {items.map((machine) => (
                <Row key={machine.id} machine={machine} user={user} />
              ))}
            </ul>
          )
        }
      </Part>
    </Section>
  )
}

function Row({ machine, user }: { machine: Machine; user: User }) {
  const own = machine.user_id === user.id
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
      <span className="min-w-40 flex-1 truncate font-medium">{machine.hostname}</span>
      <span className="text-muted">{own ? "yours" : machine.username}</span>
      <span className="text-muted">{machine.os}</span>
      <span className="font-mono text-meta text-muted">agent {machine.version}</span>
      <span className="inline-flex items-center gap-1.5 text-muted">
        <span aria-hidden className={classes("size-2 rounded-full", machine.online ? "bg-good" : "bg-faint")} />
        {machine.online ? "Online" : "Offline"}
        {!machine.online && (
          <>
            , seen <Ago iso={machine.last_seen_at} />
          </>
        )}
      </span>
      {(user.role === "admin" || (own && user.role === "member")) && <Revoke machine={machine} own={own} />}
    </li>
  )
}

/** No undo brings a token back, so a second press is asked for. */
function Revoke({ machine, own }: { machine: Machine; own: boolean }) {
  const revoke = useRevokeMachine()
  const say = useToast()
  const press = () =>
    revoke.mutate(machine.id, {
      onSuccess: () => say(`${machine.hostname} is revoked, and its token has ended`),
      onError: (error) => say(sentence(error)),
    })
  return (
    <Confirm
      label={`Revoke ${machine.hostname}${own ? "" : ` of ${machine.username}`}`}
      ask="Revoke"
      warning="Its agent stops, and so does whatever else uses its token. What it reported stays."
      act="Revoke for good"
      keep="Keep"
      busy={revoke.isPending}
      onAct={press}
    />
  )
}
