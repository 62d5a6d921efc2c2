import { useQuery } from "@tanstack/react-query"
import { useState } from "react"

import { useApi } from "@/api/context"
import { sessionFiles } from "@/api/sessions"
import type { ChangedFile } from "@/api/types"
import { Button } from "@/components/button"
import { counted, exact } from "@/lib/format/numbers"
import { instant } from "@/lib/format/times"

import { Nothing, Part, Section } from "@/components/section"

const SHOWN = 12
const CHANGES: Record<ChangedFile["change"], string> = { added: "New", updated: "Changed", deleted: "Deleted", moved: "Moved" }

export function Files({ id }: { id: string }) {
  const files = useQuery(sessionFiles(useApi(), id))
  const [all, setAll] = useState(false)
  return (
    <Section title="Files" aside={files.data && counted(files.data.items.length, "file")}>
      <Part query={files} failure="The files could not be loaded">
        {({ items: list }) =>
          list.length === 0 ? (
            <Nothing>No file was changed, or this tool does not record it.</Nothing>
          ) : (
            <>
              <ul className="flex flex-col gap-1.5">
                {list.slice(0, all ? undefined : SHOWN).map((file) => (
                  <File key={file.path} file={file} />
                ))}
              </ul>
              {list.length > SHOWN && (
                <Button look="ghost" className="mt-2" onClick={() => setAll(!all)}>
                  {all ? "Show fewer" : `Show all ${list.length}`}
                </Button>
              )}
            </>
          )
        }
      </Part>
    </Section>
  )
}

function File({ file }: { file: ChangedFile }) {
  return (
    <li className="flex items-baseline gap-2 font-mono text-meta" data-tip={`${file.path}\n${CHANGES[file.change]}, ${counted(file.edits, "edit")}, last ${instant(file.last_at)}`}>
      <span className="min-w-0 flex-1 truncate [direction:rtl] text-left">
        <bdi>{file.path}</bdi>
      </span>
      {file.change !== "updated" && <span className="shrink-0 font-sans text-muted">{CHANGES[file.change]}</span>}
      {file.added !== null && (
        <span className="shrink-0 text-good-ink tabular-nums">
          <span className="sr-only">lines added</span>+{exact(file.added)}
        </span>
      )}
      {file.removed !== null && (
        <span className="shrink-0 text-critical-ink tabular-nums">
          <span className="sr-only">lines removed</span>−{exact(file.removed)}
        </span>
      )}
    </li>
  )
}
