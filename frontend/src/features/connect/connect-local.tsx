import { useQuery } from "@tanstack/react-query"
import { Laptop } from "lucide-react"

import { useApi } from "@/api/context"
import { localMachine, useConnectLocal } from "@/api/machines"
import { Button } from "@/components/button"
import { Failure } from "@/components/notice"

/** One click, where the server runs on this very machine. */
export function ConnectLocal() {
  const local = useQuery(localMachine(useApi()))
  const connect = useConnectLocal()
  if (!local.data?.available) return null
  return (
    <section className="rounded-card border border-line bg-surface p-4" aria-labelledby="local">
      <h2 id="local" className="flex items-center gap-2 text-prose font-semibold">
        <Laptop aria-hidden size={16} strokeWidth={1.5} />
        This machine: one click
      </h2>
      <p className="mt-1 mb-3 text-prose text-muted">
        The dashboard runs on this very machine and can start an agent here. It runs until the dashboard is stopped.
      </p>
      {connect.isSuccess ? (
        <p role="status" className="text-prose">
          The agent runs (process {connect.data.agent_pid}) and is looking for sessions.
        </p>
      ) : (
        <Button look="primary" busy={connect.isPending} onClick={() => connect.mutate()}>
          Connect this machine
        </Button>
      )}
      {connect.isError && <Failure title="The agent could not be started" error={connect.error} retry={() => connect.mutate()} />}
    </section>
  )
}
