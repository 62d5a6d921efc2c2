import { X } from "lucide-react"
import { useDeferredValue, useId, useState } from "react"

import { homeChannel, useApi, useUser } from "@/api/context"
import type { Session } from "@/api/types"
import { Choices, useChoosing } from "@/components/choosing"
import { inputClasses } from "@/components/field"
import { StatusIcon } from "@/components/session/status-mark"
import { lastSeen, titleOf } from "@/components/session/wording"

import type { Draft } from "./words"

interface SessionFieldProps {
  session: Draft["session"]
  onChange: (session: Draft["session"]) => void
  error?: string | undefined
}

const OFFERED = 6

/** The session that it is about, of those that the writer sees. Whoever may not see it reads the insight without it. */
export function SessionField({ session, onChange, error }: SessionFieldProps) {
  const id = useId()
  const [text, setText] = useState("")
  const [open, setOpen] = useState(false)
  const offered = useSessions(useDeferredValue(text), open && session === null)
  const choosing = useChoosing(offered, (one) => {
    setText("")
    onChange({ id: one.id, title: titleOf(one) })
  })
  return (
    <div className="relative flex flex-col gap-1.5">
      <label htmlFor={id} className="text-body font-medium">
        About a session <span className="font-normal text-muted">(if it is)</span>
      </label>
      {session ? (
        <div className="flex h-9 items-center gap-2 rounded-md border border-line-strong bg-surface pr-1 pl-3">
          <span id={id} className="min-w-0 flex-1 truncate text-prose">
            {session.title}
          </span>
          <button type="button" aria-label={`Do not link ${session.title}`} onClick={() => onChange(null)} className="inline-flex size-7 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-text">
            <X aria-hidden size={14} strokeWidth={1.5} />
          </button>
        </div>
      ) : (
        <input
          id={id}
          role="combobox"
          aria-expanded={offered.length > 0}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? `${id}-note` : undefined}
          {...choosing.field}
          autoComplete="off"
          placeholder="Find it by title, person or repository"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={choosing.press}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          className={inputClasses}
        />
      )}
      <Choices choosing={choosing} label="Sessions" keyOf={(one) => one.id}>
        {(one) => (
          <>
            <StatusIcon status={one.status} />
            <span className="min-w-0 flex-1 truncate">{titleOf(one)}</span>
            <span className="shrink-0 text-meta text-muted">{one.username}</span>
          </>
        )}
      </Choices>
      {error && (
        <p id={`${id}-note`} className="text-meta text-critical-ink">
          {error}
        </p>
      )}
    </div>
  )
}

/** Those that hold every word, one's own first, then the latest. */
function useSessions(text: string, wanted: boolean): Session[] {
  const { sessions } = useApi()
  const user = useUser()
  if (!wanted) return []
  const words = text.trim().toLowerCase().split(/\s+/)
  const mine = (session: Session) => (session.user_id === user.id ? 0 : 1)
  return [...sessions.ids(homeChannel(user))]
    .flatMap((id) => sessions.get(id) ?? [])
    .filter((session) => {
      const haystack = [titleOf(session), session.username, session.repository, session.project].join("\n").toLowerCase()
      return words.every((word) => haystack.includes(word))
    })
    .sort((a, b) => mine(a) - mine(b) || lastSeen(b).localeCompare(lastSeen(a)))
    .slice(0, OFFERED)
}
