import { useQuery } from "@tanstack/react-query"

import { useApi } from "@/api/context"
import { sessionCommits } from "@/api/sessions"
import { Ago } from "@/components/ago"
import { counted } from "@/lib/format/numbers"

import { Nothing, Part, Section } from "@/components/section"

export function Commits({ id }: { id: string }) {
  const commits = useQuery(sessionCommits(useApi(), id))
  return (
    <Section title="Commits" aside={commits.data && counted(commits.data.items.length, "commit")}>
      <Part query={commits} failure="The commits could not be loaded">
        {({ items: list }) =>
          list.length === 0 ? (
            <Nothing>No commit was made in this session.</Nothing>
          ) : (
            <ul className="flex flex-col gap-2">
              {list.map((commit) => (
                <li key={commit.sha} className="flex items-baseline gap-2">
                  <code className="shrink-0 font-mono text-meta text-muted" data-tip={commit.sha}>
                    {commit.sha.slice(0, 7)}
                  </code>
                  <span className="min-w-0 flex-1 truncate" data-tip={commit.subject ?? undefined}>
                    {commit.subject ?? "Subject not shared by this machine"}
                  </span>
                  <Ago iso={commit.at} className="shrink-0 text-meta text-muted" />
                </li>
              ))}
            </ul>
          )
        }
      </Part>
    </Section>
  )
}
