import { Search } from "lucide-react"
import { useEffect, useEffectEvent, useRef, useState } from "react"

import { useShortcuts } from "@/lib/keys"

interface SearchBoxProps {
  label: string
  text: string
  onChange: (text: string) => void
}

/** Narrows a page by text, a moment after the last letter. `/` leads here. */
export function SearchBox({ label, text, onChange }: SearchBoxProps) {
  const field = useRef<HTMLInputElement>(null)
  const [draft, setDraft] = useState({ text, from: text })
  // The URL may change without the field, by "Clear" or by going back.
  if (draft.from !== text) setDraft({ text, from: text })
  const change = useEffectEvent(onChange)
  useEffect(() => {
    if (draft.text === text) return
    const timer = setTimeout(() => change(draft.text), 150)
    return () => clearTimeout(timer)
  }, [draft.text, text])
  useShortcuts([{ keys: "/", label: "Filter by text", run: () => field.current?.focus() }])
  return (
    <div className="relative w-full sm:w-48">
      <Search aria-hidden size={14} strokeWidth={1.5} className="absolute top-1/2 left-2.5 -translate-y-1/2 text-muted" />
      <input
        ref={field}
        type="search"
        aria-label={label}
        placeholder="Filter"
        maxLength={200}
        value={draft.text}
        onChange={(event) => setDraft({ text: event.target.value, from: text })}
        onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
        className="h-8 w-full rounded-md border border-line-strong bg-surface pr-7 pl-8 text-body placeholder:text-muted"
      />
      <kbd aria-hidden className="absolute hidden sm:block top-1/2 right-2 -translate-y-1/2 font-mono text-meta text-muted">
        {draft.text === "" && "/"}
      </kbd>
    </div>
  )
}
