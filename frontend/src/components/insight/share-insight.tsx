import { useQueryClient } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useEffect, useState } from "react"

import { insightKeys } from "@/api/insight-cache"
import { useShareInsight } from "@/api/insights"
import { Dialog } from "@/components/dialog"
import { useToast } from "@/components/toasts"

import { InsightForm } from "./insight-form"
import { Similar } from "./similar"
import { EMPTY, isBegun, type Draft } from "./words"

interface ShareInsightProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** What it is about, where it was begun from a session. */
  about?: Pick<Draft, "session" | "moment">
  /** It was shared from elsewhere than the feed: the way there is to be offered. */
  goThere?: boolean
}

/** Writes down what was learned. What was begun is still there when the form is opened again. */
export function ShareInsight({ open, onOpenChange, about, goThere = false }: ShareInsightProps) {
  return (
    <Dialog wide open={open} onOpenChange={onOpenChange} title="Share an insight" description="Your team reads it, votes for it and adds to it.">
      <NewInsight {...(about ? { about } : {})} goThere={goThere} onDone={() => onOpenChange(false)} />
    </Dialog>
  )
}

function NewInsight({ about, goThere, onDone }: { about?: Pick<Draft, "session" | "moment">; goThere: boolean; onDone: () => void }) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const say = useToast()
  const share = useShareInsight()
  const [draft, setDraft] = useState<Draft>(() => ({ ...(queries.getQueryData<Draft>(insightKeys.draft) ?? EMPTY), ...about }))
  useEffect(() => {
    queries.setQueryData(insightKeys.draft, isBegun(draft) ? draft : null)
  }, [queries, draft])
  const send = () => {
    const { type, title, content, tags, session, moment } = draft
    const words = { type, title: title.trim(), content: content.trim(), tags }
    const of = session === null ? {} : { session_id: session.id, ...(moment === null ? {} : { moment }) }
    share.mutate(
      { ...words, ...of },
      {
        onSuccess: (insight) => {
          queries.setQueryData(insightKeys.draft, null)
          say(`“${insight.title}” is shared`)
          onDone()
          if (goThere) void navigate({ to: "/insights/$id", params: { id: insight.id } })
        },
      },
    )
  }
  return (
    <InsightForm
      submit="Share insight"
      draft={draft}
      onChange={setDraft}
      onSend={send}
      onCancel={onDone}
      busy={share.isPending}
      error={share.error}
      hint={<Similar title={draft.title} onLeave={onDone} />}
    />
  )
}
