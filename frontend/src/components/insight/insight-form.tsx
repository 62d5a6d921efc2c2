import type { ReactNode } from "react"

import type { InsightType } from "@/api/types"
import { Button } from "@/components/button"
import { Field } from "@/components/field"
import { fieldError, Form } from "@/components/form"
import { classes } from "@/lib/classes"

import { ContentField } from "./content-field"
import { INSIGHT_TYPES, TYPES } from "./kinds"
import { SessionField } from "./session-field"
import { TagField } from "./tag-field"
import { LONGEST_TITLE, type Draft } from "./words"

interface InsightFormProps {
  submit: string
  draft: Draft
  onChange: (draft: Draft) => void
  onSend: () => void
  onCancel: () => void
  busy: boolean
  error: unknown
  /** Above the fields: what somebody else did meanwhile. */
  notice?: ReactNode
  /** Right below the title. */
  hint?: ReactNode
}

/** Type, title, text, tags and a session: for a new insight, and for one that is changed. */
export function InsightForm({ submit, draft, onChange, onSend, onCancel, busy, error, notice, hint }: InsightFormProps) {
  const set = (part: Partial<Draft>) => onChange({ ...draft, ...part })
  const wrong = (field: string) => fieldError(error, field)
  const blank = draft.title.trim() === "" || draft.content.trim() === ""
  return (
    <Form
      submit={submit}
      busy={busy}
      disabled={blank}
      error={error}
      onSubmit={onSend}
      beside={
        <Button look="ghost" onClick={onCancel}>
          Cancel
        </Button>
      }
    >
      {notice}
      <TypeChoice type={draft.type} onChange={(type) => set({ type })} />
      <Field
        label="Title"
        required
        autoFocus
        maxLength={LONGEST_TITLE}
        autoComplete="off"
        placeholder="In one sentence, so that it can be found"
        value={draft.title}
        onChange={(event) => set({ title: event.target.value })}
        error={wrong("title")}
      />
      {hint}
      <ContentField text={draft.content} onChange={(content) => set({ content })} error={wrong("content")} />
      <TagField tags={draft.tags} onChange={(tags) => set({ tags })} error={wrong("tags")} />
      <SessionField session={draft.session} onChange={(session) => set({ session, moment: null })} error={wrong("session_id")} />
      {draft.moment !== null && <MomentLine onDrop={() => set({ moment: null })} />}
    </Form>
  )
}

function MomentLine({ onDrop }: { onDrop: () => void }) {
  return (
    <p className="-mt-2 text-meta text-muted">
      It will lead to the step of the timeline that is open.{" "}
      <button type="button" onClick={onDrop} className="text-accent-ink underline underline-offset-2">
        Lead to the session only
      </button>
    </p>
  )
}

function TypeChoice({ type, onChange }: { type: InsightType; onChange: (type: InsightType) => void }) {
  return (
    <fieldset>
      <legend className="mb-1.5 text-body font-medium">Type</legend>
      <div className="grid gap-2 sm:grid-cols-3">
        {INSIGHT_TYPES.map((one) => {
          const { label, meaning, icon: Icon } = TYPES[one]
          return (
            <label
              key={one}
              className={classes(
                "flex cursor-pointer flex-col gap-0.5 rounded-md border px-3 py-2 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent",
                type === one ? "border-accent bg-accent-soft" : "border-line-strong hover:bg-hover",
              )}
            >
              <input type="radio" name="type" value={one} checked={type === one} onChange={() => onChange(one)} className="sr-only" />
              <span className="inline-flex items-center gap-1.5 font-medium">
                <Icon aria-hidden size={14} strokeWidth={1.75} />
                {label}
              </span>
              <span className="text-meta text-muted">{meaning}</span>
            </label>
          )
        })}
      </div>
    </fieldset>
  )
}
