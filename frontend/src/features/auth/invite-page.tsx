import { useQuery } from "@tanstack/react-query"
import { Link, useLocation } from "@tanstack/react-router"
import { Link2Off } from "lucide-react"
import { useSyncExternalStore, type ReactNode } from "react"

import { useApi } from "@/api/context"
import { invitePreview } from "@/api/invites"
import { Problem } from "@/api/problem"
import type { InvitePreview } from "@/api/types"
import { buttonClasses } from "@/components/button"
import { Empty, Failure } from "@/components/notice"
import { Loading, Skeleton } from "@/components/skeleton"

import { JoinAs } from "./join-as"
import { JoinAnew } from "./join-anew"

/** Where an invitation's link leads. Its secret stands behind the "#", which no browser sends to a server. */
export function InvitePage() {
  const secret = useLocation({ select: (location) => location.hash })
  const api = useApi()
  const preview = useQuery({ ...invitePreview(api, secret), enabled: secret !== "" })
  if (secret === "" || (preview.error instanceof Problem && [404, 422].includes(preview.error.status))) {
    return (
      <NoWay title="This link is no invitation">It is not whole, or the invitation was taken back. Ask an admin of the team for a new one.</NoWay>
    )
  }
  if (preview.error && !preview.data) {
    return (
      <Bare>
        <h1 className="sr-only">Invitation</h1>
        <Failure title="The invitation could not be read" error={preview.error} retry={() => void preview.refetch()} />
      </Bare>
    )
  }
  if (!preview.data) return <Waiting />
  return <Invitation key={secret} secret={secret} preview={preview.data} />
}

function Invitation({ secret, preview }: { secret: string; preview: InvitePreview }) {
  const { auth } = useApi()
  const state = useSyncExternalStore(auth.onState, auth.state)
  if (preview.state === "expired") return <NoWay title="This invitation has expired">Ask an admin of {preview.team_name} for a new one.</NoWay>
  if (preview.state === "used_up") {
    return <NoWay title="This invitation has been used">It has brought in as many people as it was for. Ask an admin of {preview.team_name} for a new one.</NoWay>
  }
  if (state.kind === "signed-in") return <JoinAs secret={secret} preview={preview} user={state.user} />
  return <JoinAnew secret={secret} preview={preview} />
}

function NoWay({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Bare>
      <title>Invitation · Team Dashboard</title>
      <Empty
        top
        title={title}
        icon={<Link2Off aria-hidden size={24} strokeWidth={1.5} />}
        action={
          <Link to="/" className={buttonClasses()}>
            Go to the dashboard
          </Link>
        }
      >
        {children}
      </Empty>
    </Bare>
  )
}

function Waiting() {
  return (
    <Bare>
      <title>Invitation · Team Dashboard</title>
      <h1 className="sr-only">Invitation</h1>
      <Loading label="Reading the invitation" />
      <div className="flex w-full max-w-sm flex-col gap-3">
        <Skeleton className="h-8" />
        <Skeleton className="h-5" />
        <Skeleton className="h-56 rounded-card" />
      </div>
    </Bare>
  )
}

function Bare({ children }: { children: ReactNode }) {
  return <main className="flex min-h-full flex-col items-center justify-center px-4 py-10">{children}</main>
}
