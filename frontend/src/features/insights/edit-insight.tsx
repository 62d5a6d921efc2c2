import { useState } from "react"

import { overtakenBy } from "@/api/changed"
import { useEditInsight } from "@/api/insights"
import type { Insight, InsightWords } from "@/api/types"
import { Dialog } from "@/components/dialog"
import { sentence } from "@/components/form"
import { InsightForm } from "@/components/insight/insight-form"
import { backOf, changeOf, draftOf } from "@/components/insight/words"
import { useToast } from "@/components/toasts"

interface EditInsightProps {
  insight: Insight
  open: boolean
  onOpenChange: (open: boolean) => void
}

export function EditInsight({ insight, open, onOpenChange }: EditInsightProps) {
  return (
    <Dialog wide open={open} onOpenChange={onOpenChange} title="Edit the insight">
      <Fields insight={insight} onDone={() => onOpenChange(false)} />
    </Dialog>
  )
}

/** Holds what was typed, however the insight changes meanwhile, and says what somebody else made of it. */
function Fields({ insight, onDone }: { insight: Insight; onDone: () => void }) {
  const [seen, setSeen] = useState(insight)
  const [draft, setDraft] = useState(() => draftOf(insight))
  const edit = useEditInsight(insight.id)
  const say = useToast()
  const undo = (back: InsightWords, version: number) =>
    void edit.mutateAsync({ change: back, version }).then(
      () => say("The words of before are back"),
      (error: unknown) => say(sentence(error)),
    )
  const send = async () => {
    const change = changeOf(seen, draft)
    if (Object.keys(change).length > 0) {
      const saved = await edit.mutateAsync({ change, version: seen.version })
      say("The insight is saved", () => undo(backOf(seen, change), saved.version))
    }
    onDone()
  }
  const other = overtakenBy<Insight>(edit.error)
  const failed = (error: unknown) => {
    const now = overtakenBy<Insight>(error)
    if (now) setSeen(now)
  }
  return (
    <InsightForm
      submit={other ? "Save mine" : "Save"}
      draft={draft}
      onChange={setDraft}
      onSend={() => void send().catch(failed)}
      onCancel={onDone}
      busy={edit.isPending}
      error={other ? null : edit.error}
      notice={other && <Meanwhile now={other} onTake={() => setDraft(draftOf(other))} />}
    />
  )
}

function Meanwhile({ now, onTake }: { now: Insight; onTake: () => void }) {
  return (
    <div role="alert" className="rounded-md bg-warning-soft px-3 py-2 text-warning-ink">
      <p>
        Somebody else changed it meanwhile; nothing of yours was saved. It is now called “{now.title}”, and says:
      </p>
      <blockquote className="my-1 max-h-24 overflow-y-auto border-l-2 border-current pl-2 break-words whitespace-pre-wrap" tabIndex={0}>
        {now.content}
      </blockquote>
      <button type="button" onClick={onTake} className="font-medium underline underline-offset-2">
        Take over what they wrote
      </button>
    </div>
  )
}
