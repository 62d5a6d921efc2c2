import { useQuery } from "@tanstack/react-query"
import { useState } from "react"

import { useApi } from "@/api/context"
import { sessionFiles } from "@/api/sessions"
import type { ChangedFile, Session } from "@/api/types"
import { Button } from "@/components/button"
import { Nothing, Part, Section } from "@/components/section"
import { counted, exact } from "@/lib/format/numbers"
import { instant } from "@/lib/format/times"

import { blocksOf, sumOfChanges } from "./file-changes"
import { useTakenAway } from "./taken-away"
import { hiddenNames } from "./tier"

const SHOWN = 12
const CHANGES: Record<ChangedFile["change"], string> = { added: "New", updated: "Changed", deleted: "Deleted", moved: "Moved" }

/** Which files were changed, the last one first, and by how many lines. */
export function FileChangeList({ session }: { session: Session }) {
  const files = useQuery(sessionFiles(useApi(), session.id))
  const gone = useTakenAway(session)
  return (
    <Section title="Files" definition="Lines that the tool’s edits added and removed; a file edited twice counts both." aside={files.data && <FileSum list={files.data.items} />}>
      <Part query={files} failure="The files could not be loaded">
        {({ items: list }) =>
          list.length === 0 ? (
            <Nothing>{gone ?? none(session)}</Nothing>
          ) : (
            <FileLines list={list} />
          )
        }
      </Part>
    </Section>
  )
}

/** A line for each file; the first ones, until all are wanted. */
export function FileLines({ list }: { list: readonly ChangedFile[] }) {
  const [all, setAll] = useState(false)
  return (
    <>
      <ul data-testid="files" className="flex flex-col gap-1">
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

export function FileSum({ list }: { list: readonly ChangedFile[] }) {
  const { files, added, removed, uncounted } = sumOfChanges(list)
  const tip = uncounted > 0 ? `Of ${counted(uncounted, "file")} no lines are recorded.` : undefined
  return (
    <span className="flex items-center gap-2 tabular-nums" data-tip={tip}>
      {counted(files, "file")}
      {uncounted < files && <Lines added={added} removed={removed} mark={uncounted > 0 ? "≥ " : ""} />}
    </span>
  )
}

function File({ file }: { file: ChangedFile }) {
  const counts = file.added !== null || file.removed !== null
  return (
    <li className="flex items-center gap-2 text-meta" data-tip={`${file.path}\n${CHANGES[file.change]}, ${counted(file.edits, "edit")}, last ${instant(file.last_at)}`}>
      {/* Of a long path the end says most. */}
      <span className="min-w-0 flex-1 truncate text-left font-mono [direction:rtl]">
        <bdi>{file.path}</bdi>
      </span>
      {file.change !== "updated" && <span className="shrink-0 text-muted">{CHANGES[file.change]}</span>}
      {counts ? <Lines added={file.added} removed={file.removed} /> : <span className="text-muted">—</span>}
      <Blocks file={file} />
    </li>
  )
}

function Lines({ added, removed, mark = "" }: { added: number | null; removed: number | null; mark?: string }) {
  return (
    <span className="shrink-0 tabular-nums">
      <span className="text-good-ink">
        <span className="sr-only">lines added </span>
        {mark}+{exact(added)}
      </span>{" "}
      <span className="text-critical-ink">
        <span className="sr-only">lines removed </span>
        {mark}−{exact(removed)}
      </span>
    </span>
  )
}

function Blocks({ file }: { file: ChangedFile }) {
  const { added, removed } = blocksOf(file)
  return (
    <span aria-hidden className="flex shrink-0 gap-px">
      {Array.from({ length: 5 }, (_, index) => (
        <span key={index} className={`size-1.5 rounded-[1px] ${index < added ? "bg-good" : index < added + removed ? "bg-critical" : "bg-track"}`} />
      ))}
    </span>
  )
}

function none(session: Session): string {
  const hidden = hiddenNames(session, "Paths")
  const changed = session.files_changed
  if (hidden !== null) return changed ? `${counted(changed, "file was", "files were")} changed. ${hidden}` : hidden
  return "No file was changed, or this tool does not record it."
}
