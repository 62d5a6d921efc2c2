import { useQuery } from "@tanstack/react-query"

import { useApi } from "@/api/context"
import { sessionMemories } from "@/api/sessions"
import { Part, Section } from "@/components/section"
import { counted, exact } from "@/lib/format/numbers"
import { instant } from "@/lib/format/times"

const SCOPES = { user: "the person’s", project: "the project’s", local: "local" } as const

/** The instruction files that the tool reads at its start; never what is in them. */
export function Memories({ id }: { id: string }) {
  const memories = useQuery(sessionMemories(useApi(), id))
  if (memories.data?.items.length === 0) return null
  return (
    <Section title="Instructions" definition="Files that the tool reads into every session. Only their names and sizes are known here.">
      <Part query={memories} failure="The instruction files could not be loaded" lines={2}>
        {({ items }) => (
          <ul className="flex flex-col gap-1">
            {items.map((memory) => (
              <li
                key={`${memory.scope} ${memory.name}`}
                className="flex items-baseline gap-2"
                data-tip={`${exact(memory.bytes)} bytes\nChanged ${instant(memory.modified_at)}`}
              >
                <span className="min-w-0 flex-1 truncate font-mono text-meta">{memory.name}</span>
                <span className="shrink-0 text-meta text-muted">{SCOPES[memory.scope]}</span>
                <span className="shrink-0 text-meta text-muted tabular-nums">{counted(memory.lines, "line")}</span>
              </li>
            ))}
          </ul>
        )}
      </Part>
    </Section>
  )
}
