import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"

import { useApi, useUser } from "@/api/context"
import { machineList } from "@/api/machines"
import type { Machine } from "@/api/types"
import { Ago } from "@/components/ago"
import { buttonClasses } from "@/components/button"
import { Nothing, Part, Section } from "@/components/section"
import { classes } from "@/lib/classes"

export function Machines() {
  const user = useUser()
  const machines = useQuery({ ...machineList(useApi()), refetchInterval: 30_000 })
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
            <ul className="divide-y divide-line">
              {items.map((machine) => (
                <Row key={machine.id} machine={machine} own={machine.user_id === user.id} />
              ))}
            </ul>
          )
        }
      </Part>
    </Section>
  )
}

function Row({ machine, own }: { machine: Machine; own: boolean }) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
      <span className="min-w-0 flex-1 truncate font-medium">{machine.hostname}</span>
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
    </li>
  )
}
