import { useId, useState } from "react"

import { fieldClasses } from "@/components/field"
import { Markdown } from "@/components/markdown"
import { classes } from "@/lib/classes"

import { LONGEST_TEXT } from "./words"

interface ContentFieldProps {
  text: string
  onChange: (text: string) => void
  error?: string | undefined
}

/** Markdown, and how it will look. */
export function ContentField({ text, onChange, error }: ContentFieldProps) {
  const id = useId()
  const [looking, setLooking] = useState(false)
  const nearFull = text.length > LONGEST_TEXT * 0.9
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex items-end justify-between gap-2">
        <label htmlFor={id} className="text-body font-medium">
          What did you learn?
        </label>
        <div role="group" aria-label="How the text is shown" className="flex gap-0.5 rounded-md bg-track p-0.5">
          {([false, true] as const).map((preview) => (
            <button
              key={String(preview)}
              type="button"
              aria-pressed={looking === preview}
              onClick={() => setLooking(preview)}
              className={classes("inline-flex h-6 items-center rounded-sm px-2 text-meta", looking === preview ? "bg-surface font-medium" : "text-muted")}
            >
              {preview ? "Preview" : "Write"}
            </button>
          ))}
        </div>
      </div>
      {looking ? (
        <div tabIndex={0} role="region" aria-label="Preview" className="max-h-72 min-h-40 overflow-y-auto rounded-md border border-line-strong bg-surface px-3 py-2">
          {text.trim() === "" ? <p className="text-muted">Nothing is written yet.</p> : <Markdown text={text} heading={3} />}
        </div>
      ) : (
        <textarea
          id={id}
          rows={8}
          required
          maxLength={LONGEST_TEXT}
          value={text}
          onChange={(event) => onChange(event.target.value)}
          aria-invalid={error ? true : undefined}
          aria-describedby={`${id}-note`}
          className={classes(fieldClasses, "min-h-40 py-2")}
        />
      )}
      <p id={`${id}-note`} className={classes("text-meta", error ? "text-critical-ink" : "text-muted")}>
        {error ?? (nearFull ? `${LONGEST_TEXT - text.length} characters left` : "Markdown: **bold**, `code`, lists, tables, links. No pictures, no HTML.")}
      </p>
    </div>
  )
}
