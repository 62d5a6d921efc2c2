import { useQuery } from "@tanstack/react-query"

import { useApi } from "@/api/context"
import { sessionMemories } from "@/api/sessions"
import type { Memory, Session } from "@/api/types"
import { Nothing, Part, Section } from "@/components/section"
import { counted, exact } from "@/lib/format/numbers"
import { date, instant } from "@/lib/format/times"

import { hiddenNames } from "./tier"

const SCOPES: Record<Memory["scope"], string> = { user: "the person’s", project: "the project’s", local: "this machine’s" }

/** The instruction files that the tool reads at its start; never what is in them. */
export function MemoryList({ session }: { session: Session }) {
  const memories = useQuery(sessionMemories(useApi(), session.id))
  return (
    <Section
      title="Memory"
      definition="Instruction files that the tool reads into every session. Only their names and sizes leave the machine, never what is in them."
      aside={memories.data && memories.data.items.length > 0 && counted(memories.data.items.length, "file")}
    >
      <Part query={memories} failure="The instruction files could not be loaded" lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Nothing>{hiddenNames(session, "Names of instruction files") ?? "This session reads no instruction files, or its tool has none."}</Nothing>
          ) : (
            <ul data-testid="memories" className="flex flex-col gap-1">
              {items.map((memory) => (
                <li
                  key={`${memory.scope} ${memory.name}`}
                  className="flex items-baseline gap-2"
                  data-tip={`${memory.name}\n${exact(memory.bytes)} bytes\nChanged ${instant(memory.modified_at)}`}
                >
                  <span className="min-w-0 flex-1 truncate font-mono text-meta">{memory.name}</span>
                  <span className="shrink-0 text-meta text-muted">{SCOPES[memory.scope]}</span>
                  <span className="shrink-0 text-meta text-muted tabular-nums">{counted(memory.lines, "line")}</span>
                  <span className="hidden shrink-0 text-meta text-muted tabular-nums sm:inline">{date(memory.modified_at)}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Part>
    </Section>
  )
}
