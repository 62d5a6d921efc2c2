import { useState, type ReactNode, type SubmitEvent } from "react"

import type { Member } from "@/api/types"
import { Button } from "@/components/button"
import { fieldError, FormError } from "@/components/form"

import { MentionField } from "./mention-field"

interface CommentFormProps {
  label: string
  submit: string
  begin?: string
  people: readonly Member[]
  busy: boolean
  error: unknown
  /** Empties the form where it did not fail. */
  onSend: (content: string) => Promise<boolean>
  onCancel?: () => void
  notice?: ReactNode
  autoFocus?: boolean
}

/** Something to say: a comment, an answer, or other words for one. */
export function CommentForm({ label, submit, begin = "", people, busy, error, onSend, onCancel, notice, autoFocus = false }: CommentFormProps) {
  const [text, setText] = useState(begin)
  const send = async () => {
    const content = text.trim()
    if (content !== "" && !busy && (await onSend(content))) setText("")
  }
  const wrong = fieldError(error, "content")
  return (
    <form
      onSubmit={(event: SubmitEvent<HTMLFormElement>) => {
        event.preventDefault()
        void send()
      }}
      className="flex flex-col gap-2"
    >
      {notice}
      <MentionField label={label} text={text} onChange={setText} onSend={() => void send()} people={people} error={wrong} autoFocus={autoFocus} />
      {wrong === undefined && <FormError error={error} />}
      <div className="flex gap-2">
        <Button type="submit" look={onCancel ? "secondary" : "primary"} busy={busy} disabled={busy || text.trim() === ""}>
          {submit}
        </Button>
        {onCancel && (
          <Button look="ghost" onClick={onCancel}>
            Cancel
          </Button>
        )}
      </div>
    </form>
  )
}
