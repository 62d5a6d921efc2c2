import { useQuery } from "@tanstack/react-query"
import { X } from "lucide-react"
import { useDeferredValue, useId, useState, type KeyboardEvent } from "react"

import { useApi } from "@/api/context"
import { insightTags } from "@/api/insights"
import { Choices, useChoosing } from "@/components/choosing"
import { classes } from "@/lib/classes"

import { MOST_TAGS, tagOf } from "./words"

interface TagFieldProps {
  tags: readonly string[]
  onChange: (tags: string[]) => void
  error?: string | undefined
}

const OFFERED = 6

/** Tags as chips; what is typed becomes one with Enter or a comma, and is completed by what the team uses. */
export function TagField({ tags, onChange, error }: TagFieldProps) {
  const id = useId()
  const [text, setText] = useState("")
  const wanted = useDeferredValue(tagOf(text))
  const { data } = useQuery({ ...insightTags(useApi(), wanted), enabled: wanted !== "" })
  const offered = text === "" ? [] : (data ?? []).filter(({ tag }) => !tags.includes(tag) && tag.toLowerCase().includes(tagOf(text).toLowerCase())).slice(0, OFFERED)
  const add = (tag: string) => {
    setText("")
    if (tag !== "" && !tags.includes(tag) && tags.length < MOST_TAGS) onChange([...tags, tag])
  }
  const choosing = useChoosing(offered, ({ tag }) => add(tag))
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (choosing.press(event)) return
    if ((event.key === "Enter" && text !== "") || event.key === ",") {
      event.preventDefault()
      add(tagOf(text))
    } else if (event.key === "Backspace" && text === "") onChange(tags.slice(0, -1))
  }
  return (
    <div className="relative flex flex-col gap-1.5">
      <label htmlFor={id} className="text-body font-medium">
        Tags
      </label>
      <div className="flex min-h-9 flex-wrap items-center gap-1 rounded-md border border-line-strong bg-surface px-1.5 py-1 focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent">
        {tags.map((tag) => (
          <span key={tag} className="inline-flex h-6 max-w-full items-center rounded-md bg-track pl-2 text-meta">
            <span className="truncate">{tag}</span>
            <button type="button" aria-label={`Take the tag ${tag} away`} onClick={() => onChange(tags.filter((one) => one !== tag))} className="inline-flex size-6 items-center justify-center rounded-md text-muted hover:text-text">
              <X aria-hidden size={12} strokeWidth={1.5} />
            </button>
          </span>
        ))}
        <input
          id={id}
          role="combobox"
          aria-expanded={offered.length > 0}
          aria-invalid={error ? true : undefined}
          aria-describedby={`${id}-note`}
          {...choosing.field}
          autoComplete="off"
          maxLength={50}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={press}
          onBlur={() => add(tagOf(text))}
          className="h-6 min-w-32 flex-1 bg-transparent px-1.5 text-prose outline-none"
        />
      </div>
      <Choices choosing={choosing} label="Tags in use" keyOf={({ tag }) => tag}>
        {({ tag, insights }) => (
          <>
            <span className="truncate">{tag}</span>
            <span className="ml-auto text-meta text-muted tabular-nums">{insights}</span>
          </>
        )}
      </Choices>
      <p id={`${id}-note`} className={classes("text-meta", error ? "text-critical-ink" : "text-muted")}>
        {error ?? (tags.length >= MOST_TAGS ? `No more than ${MOST_TAGS}` : "Enter or a comma ends one")}
      </p>
    </div>
  )
}
