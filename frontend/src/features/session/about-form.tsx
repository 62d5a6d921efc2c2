import { useId, useState } from "react"

import { ChangedMeanwhile, useEditSession, type Words } from "@/api/sessions"
import type { Session } from "@/api/types"
import { Button } from "@/components/button"
import { Field, fieldClasses } from "@/components/field"
import { fieldError, Form, sentence, text } from "@/components/form"
import { useToast } from "@/components/toasts"
import { classes } from "@/lib/classes"

import { backOf, changeOf, tagFault, tagsOf } from "./words"

export type AboutField = "title" | "tags"

/** Title, tags and note in one form. It holds what was typed, however the session moves on meanwhile. */
export function AboutForm({ session, onDone, focus = "title" }: { session: Session; onDone: () => void; focus?: AboutField }) {
  const [seen, setSeen] = useState(session)
  const [tags, setTags] = useState(seen.tags.join(", "))
  const edit = useEditSession(session.id)
  const say = useToast()
  const fault = tagFault(tagsOf(tags))
  const undo = async (saved: Session, back: Partial<Words>) => {
    try {
      await edit.mutateAsync({ seen: saved, change: back })
      say("The words of before are back")
    } catch (error) {
      say(sentence(error))
    }
  }
  const send = async (values: FormData) => {
    const change = changeOf(seen, { title: text(values, "title"), tags, note: text(values, "note") })
    if (Object.keys(change).length > 0) {
      const saved = await edit.mutateAsync({ seen, change })
      say("The session’s words are saved", () => void undo(saved, backOf(seen, change)))
    }
    onDone()
  }
  const other = edit.error instanceof ChangedMeanwhile ? edit.error.now : null
  return (
    <Form
      submit={other ? "Save mine" : "Save"}
      busy={edit.isPending}
      disabled={fault !== undefined}
      error={other ? null : edit.error}
      onSubmit={(values) => void send(values).catch((error: unknown) => error instanceof ChangedMeanwhile && setSeen(error.now))}
      beside={
        <Button look="ghost" onClick={onDone}>
          Cancel
        </Button>
      }
    >
      {other && <Meanwhile now={other} />}
      <Field label="Title" name="title" autoFocus={focus === "title"} maxLength={500} defaultValue={seen.title ?? ""} hint="Without one it is called as its tool calls it." error={fieldError(edit.error, "title")} />
      <Field label="Tags" name="tags" autoFocus={focus === "tags"} value={tags} onChange={(event) => setTags(event.target.value)} hint="Separated by commas" error={fault ?? fieldError(edit.error, "tags")} />
      <Note words={seen.note ?? ""} error={fieldError(edit.error, "note")} />
    </Form>
  )
}

function Meanwhile({ now }: { now: Session }) {
  const words = [now.title ?? "no title", now.tags.length > 0 ? `tags ${now.tags.join(", ")}` : "no tags", now.note ?? "no note"]
  return (
    <p role="alert" className="rounded-md bg-warning-soft px-3 py-2 text-warning-ink">
      Somebody else changed it meanwhile. It now says: {words.join(" · ")}.
    </p>
  )
}

function Note({ words, error }: { words: string; error: string | undefined }) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-body font-medium">
        Note
      </label>
      <textarea
        id={id}
        name="note"
        rows={4}
        maxLength={4000}
        defaultValue={words}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${id}-note` : undefined}
        className={classes(fieldClasses, "py-2")}
      />
      {error && (
        <p id={`${id}-note`} className="text-meta text-critical-ink">
          {error}
        </p>
      )}
    </div>
  )
}
