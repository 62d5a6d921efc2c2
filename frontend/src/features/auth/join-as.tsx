import { useMutation, useQuery } from "@tanstack/react-query"
import { Link, useNavigate } from "@tanstack/react-router"

import { useApi } from "@/api/context"
import { Problem } from "@/api/problem"
import { teamDetail } from "@/api/team"
import type { InvitePreview, User } from "@/api/types"
import { Avatar } from "@/components/avatar"
import { buttonClasses } from "@/components/button"

import { AuthForm } from "./form"
import { leadOf } from "./join-anew"

/** An invitation in the hands of somebody who is signed in. */
export function JoinAs({ secret, preview, user }: { secret: string; preview: InvitePreview; user: User }) {
  const api = useApi()
  const navigate = useNavigate()
  const team = useQuery({ ...teamDetail(api, user.team_id ?? ""), enabled: user.team_id !== null })
  const join = useMutation({
    mutationFn: () => api.auth.doing(() => api.auth.acceptInvite(secret)),
    onSuccess: () => navigate({ to: "/" }),
  })
  const member = join.error instanceof Problem && join.error.code === "already_member"
  return (
    <AuthForm
      title={`Join ${preview.team_name}`}
      lead={leadOf(preview)}
      submit={`Join ${preview.team_name}`}
      busy={join.isPending}
      error={join.error}
      onSubmit={() => join.mutate()}
      footer={
        <>
          Not you?{" "}
          <button type="button" onClick={() => void api.auth.signOut()} className="font-medium text-accent-ink underline underline-offset-2">
            Sign out
          </button>
        </>
      }
    >
      <div className="flex items-center gap-3">
        <Avatar name={user.username} id={user.id} size="large" />
        <div className="min-w-0">
          <p className="truncate text-prose font-medium">{user.username}</p>
          <p className="truncate text-muted">{user.email}</p>
        </div>
      </div>
      {team.data && (
        <p className="text-muted">
          You stay in {team.data.name} and can switch between the two at any time.
        </p>
      )}
      {member && (
        <Link to="/" className={buttonClasses()}>
          Go to the dashboard
        </Link>
      )}
    </AuthForm>
  )
}
