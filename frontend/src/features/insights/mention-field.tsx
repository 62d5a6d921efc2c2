import { useId, useRef, useState, type KeyboardEvent } from "react"
import { flushSync } from "react-dom"

import type { Member } from "@/api/types"
import { Avatar } from "@/components/avatar"
import { Choices, useChoosing } from "@/components/choosing"
import { fieldClasses } from "@/components/field"
import { classes } from "@/lib/classes"

import { callBefore, meant } from "./thread"

interface MentionFieldProps {
  label: string
  text: string
  onChange: (text: string) => void
  /** Ctrl or Cmd and Enter. */
  onSend: () => void
  people: readonly Member[]
  error?: string | undefined
  autoFocus?: boolean
}

const OFFERED = 6
const LONGEST = 5_000

/** A text in which an `@` calls somebody, completed by the members' names. */
export function MentionField({ label, text, onChange, onSend, people, error, autoFocus = false }: MentionFieldProps) {
  const id = useId()
  const field = useRef<HTMLTextAreaElement>(null)
  const [cursor, setCursor] = useState<number | null>(null)
  const call = cursor === null ? null : callBefore(text, cursor)
  const offered = call === null ? [] : meant(people, call.name).slice(0, OFFERED)
  // A name that stands there in full with something behind it needs no completion.
  const open = offered.filter((one) => one.username !== call?.name)
  const complete = (name: string) => {
    if (!call || cursor === null) return
    const before = `${text.slice(0, call.from)}@${name} `
    // Who types on at once types behind the name.
    flushSync(() => {
      onChange(before + text.slice(cursor))
      setCursor(null)
    })
    field.current?.setSelectionRange(before.length, before.length)
  }
  const choosing = useChoosing(open, (one) => complete(one.username), true)
  const press = (event: KeyboardEvent) => {
    if (choosing.press(event)) return
    if (event.key === "Escape" && open.length > 0) {
      event.stopPropagation()
      setCursor(null)
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      onSend()
    }
  }
  return (
    <div className="relative flex flex-col gap-1.5">
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <textarea
        ref={field}
        id={id}
        rows={3}
        maxLength={LONGEST}
        placeholder={`${label}. @ calls a member`}
        autoFocus={autoFocus}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${id}-note` : undefined}
        {...choosing.field}
        value={text}
        onChange={(event) => {
          onChange(event.target.value)
          setCursor(event.target.selectionStart)
        }}
        onKeyDown={press}
        onBlur={() => setCursor(null)}
        className={classes(fieldClasses, "py-2")}
      />
      <Choices choosing={choosing} label="Members" keyOf={(one) => one.user_id}>
        {(one) => (
          <>
            <Avatar name={one.username} id={one.user_id} />
            <span className="truncate">{one.username}</span>
          </>
        )}
      </Choices>
      <p role="status" className="sr-only">
        {open.length > 0 && `Could be meant: ${open.map((one) => one.username).join(", ")}`}
      </p>
      {error && (
        <p id={`${id}-note`} className="text-meta text-critical-ink">
          {error}
        </p>
      )}
    </div>
  )
}
