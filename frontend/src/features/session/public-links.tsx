import { useQuery } from "@tanstack/react-query"
import { Globe } from "lucide-react"
import { useState } from "react"

import { useApi } from "@/api/context"
import { sessionViews, useShare } from "@/api/sessions"
import { teamDetail } from "@/api/team"
import type { PublicLink, Session, User } from "@/api/types"
import { Button } from "@/components/button"
import { sentence } from "@/components/form"
import { CopyButton } from "@/components/notice"
import { Select } from "@/components/select"
import { useToast } from "@/components/toasts"
import { useNow } from "@/lib/clock"
import { counted } from "@/lib/format/numbers"
import { ago, at, instant } from "@/lib/format/times"

const DAYS = [
  { value: "1", label: "1 day" },
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
]
const DAY_MS = 86_400_000

/** A page for people without an account: made and ended by the owner, where the team allows it. */
export function PublicLinks({ session, user }: { session: Session; user: User }) {
  const team = useQuery(teamDetail(useApi(), session.team_id))
  const own = session.user_id === user.id && user.role !== "viewer"
  if (!own && user.role !== "admin") return null
  const because = !own ? `Only ${session.username} may make a link.` : team.data?.settings.allow_public === false ? "This team allows no public pages. An admin can, in the team’s settings." : null
  return (
    <div className="mt-4 flex flex-col gap-3 border-t border-line pt-4">
      <MakeLink session={session} because={because} />
      <Made session={session} />
    </div>
  )
}

function MakeLink({ session, because }: { session: Session; because: string | null }) {
  const share = useShare()
  const say = useToast()
  const [days, setDays] = useState("7")
  const url = share.data?.link?.url
  const make = () =>
    share.mutate(
      { id: session.id, visibility: "public", expiresAt: new Date(Date.now() + Number(days) * DAY_MS).toISOString() },
      { onError: (error) => say(sentence(error)) },
    )
  return (
    <>
      <h3 className="text-prose font-semibold">Public link</h3>
      <p className="text-muted">A page to read, for whoever has its link: figures, files, commits and the steps, without names of persons and machines, tags or note.</p>
      <div className="flex flex-wrap items-end gap-2">
        <Select label="Ends after" value={days} choices={DAYS} onChange={(event) => setDays(event.target.value)} />
        <Button because={because} busy={share.isPending} onClick={make}>
          <Globe aria-hidden size={16} strokeWidth={1.5} />
          Make a public link
        </Button>
      </div>
      {because !== null && <p className="text-meta text-muted">{because}</p>}
      {url !== undefined && (
        <div role="status" className="flex flex-col gap-2 rounded-md bg-accent-soft p-3">
          <p>This address is shown only now.</p>
          <code data-testid="public-link" className="font-mono text-meta break-all">
            {url}
          </code>
          <span>
            <CopyButton text={url} label="Copy link" />
          </span>
        </div>
      )}
    </>
  )
}

function Made({ session }: { session: Session }) {
  const views = useQuery(sessionViews(useApi(), session.id))
  const share = useShare()
  const say = useToast()
  const links = views.data?.links ?? []
  if (links.length === 0) return null
  const end = () =>
    share.mutate({ id: session.id, visibility: "team" }, { onSuccess: () => say("Its public links have ended"), onError: (error) => say(sentence(error)) })
  return (
    <>
      <ul data-testid="public-links" className="flex flex-col gap-1">
        {links.map((link) => (
          <LinkLine key={link.id} link={link} />
        ))}
      </ul>
      {session.visibility === "public" && (
        <span>
          <Button look="danger" busy={share.isPending} onClick={end}>
            End all public links
          </Button>
        </span>
      )}
    </>
  )
}

function LinkLine({ link }: { link: PublicLink }) {
  const now = useNow()
  const over = link.ended_at ?? (Date.parse(link.expires_at) <= now ? link.expires_at : null)
  return (
    <li className="flex flex-wrap gap-x-3 text-meta text-muted">
      <span data-tip={instant(link.made_at)}>Made {at(link.made_at, now)}</span>
      <span data-tip={instant(over ?? link.expires_at)}>{over === null ? `ends ${at(link.expires_at, now)}` : `ended ${at(over, now)}`}</span>
      <span className="ml-auto">
        {counted(link.views, "view")}
        {link.last_viewed_at !== null && `, last ${ago(link.last_viewed_at, now)}`}
      </span>
    </li>
  )
}
