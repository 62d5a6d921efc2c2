import { useQuery } from "@tanstack/react-query"
import { Laptop } from "lucide-react"

import { useApi } from "@/api/context"
import { localMachine, useConnectLocal, useDisconnectLocal } from "@/api/machines"
import { Button } from "@/components/button"
import { Failure } from "@/components/notice"

/** One click, where browser and server are on one machine. */
export function ConnectLocal() {
  const local = useQuery(localMachine(useApi()))
  const connect = useConnectLocal()
  const disconnect = useDisconnectLocal()
  if (!local.data?.available) return null
  return (
    <section className="rounded-card border border-line bg-surface p-4" aria-labelledby="local">
      <h2 id="local" className="flex items-center gap-2 text-prose font-semibold">
        <Laptop aria-hidden size={16} strokeWidth={1.5} />
        This machine: one click
      </h2>
      {local.data.running ? (
        <div className="mt-1 flex flex-wrap items-center gap-3">
          <p role="status" className="text-prose text-muted">
            The agent of this machine runs, and starts again with the dashboard.
          </p>
          <Button busy={disconnect.isPending} onClick={() => disconnect.mutate()}>
            Disconnect
          </Button>
        </div>
      ) : (
        <>
          <p className="mt-1 mb-3 text-prose text-muted">
            The dashboard runs on this very machine and can start an agent here, now and whenever it is started.
          </p>
          <Button look="primary" busy={connect.isPending} onClick={() => connect.mutate()}>
            Connect this machine
          </Button>
        </>
      )}
      {connect.isError && <Failure title="The agent could not be started" error={connect.error} retry={() => connect.mutate()} />}
      {disconnect.isError && <Failure title="The agent could not be stopped" error={disconnect.error} retry={() => disconnect.mutate()} />}
    </section>
  )
}
