import { useQuery } from "@tanstack/react-query"
import { useLocation } from "@tanstack/react-router"
import { useSyncExternalStore } from "react"

import { useApi } from "@/api/context"
import { invitePreview } from "@/api/invites"
import { Problem } from "@/api/problem"
import type { InvitePreview, User } from "@/api/types"
import { Button } from "@/components/button"
import { Failure } from "@/components/notice"

import { Bare, NoWay, Waiting } from "./bare"
import { JoinAs } from "./join-as"
import { JoinAnew } from "./join-anew"

const TITLE = "Invitation"

/** Where an invitation's link leads. Its secret stands behind the "#", which no browser sends to a server. */
export function InvitePage() {
  const secret = useLocation({ select: (location) => location.hash })
  const api = useApi()
  const preview = useQuery({ ...invitePreview(api, secret), enabled: secret !== "" })
  if (secret === "" || (preview.error instanceof Problem && [404, 422].includes(preview.error.status))) {
    return (
      <NoWay title={TITLE} heading="This link is no invitation">
        It is not whole, it was replaced by a later one, or the invitation was taken back. Ask an admin of the team for a new one.
      </NoWay>
    )
  }
  if (preview.error && !preview.data) {
    return (
      <Bare title={TITLE}>
        <h1 className="sr-only">Invitation</h1>
        <Failure title="The invitation could not be read" error={preview.error} retry={() => void preview.refetch()} />
      </Bare>
    )
  }
  if (!preview.data) return <Waiting title={TITLE} label="Reading the invitation" />
  return <Invitation key={secret} secret={secret} preview={preview.data} />
}

function Invitation({ secret, preview }: { secret: string; preview: InvitePreview }) {
  const { auth } = useApi()
  const state = useSyncExternalStore(auth.onState, auth.state)
  if (preview.state === "expired") {
    return (
      <NoWay title={TITLE} heading="This invitation has expired">
        Ask an admin of {preview.team_name} for a new one.
      </NoWay>
    )
  }
  if (preview.state === "used_up") {
    return (
      <NoWay title={TITLE} heading="This invitation has been used">
        It has brought in as many people as it was for. Ask an admin of {preview.team_name} for a new one.
      </NoWay>
    )
  }
  if (state.kind === "signed-in" && isForAnother(preview, state.user)) return <ForAnother preview={preview} user={state.user} />
  if (state.kind === "signed-in") return <JoinAs secret={secret} preview={preview} user={state.user} />
  return <JoinAnew secret={secret} preview={preview} />
}

function isForAnother(preview: InvitePreview, user: User): boolean {
  return preview.email !== null && preview.email.toLowerCase() !== user.email.toLowerCase()
}

/** It was sent to one address, and somebody with another is signed in here. */
function ForAnother({ preview, user }: { preview: InvitePreview; user: User }) {
  const { auth } = useApi()
  return (
    <NoWay
      title={TITLE}
      heading={`This invitation is for ${preview.email}`}
      action={
        <Button look="primary" onClick={() => void auth.signOut()}>
          Sign out and go on
        </Button>
      }
    >
      You are signed in as {user.email}. Go on with an account of the invited address, or ask an admin of {preview.team_name} to invite {user.email}.
    </NoWay>
  )
}
