import { useQuery } from "@tanstack/react-query"
import { GitPullRequest } from "lucide-react"
import type { ReactNode } from "react"

import { useApi } from "@/api/context"
import { sessionTools } from "@/api/sessions"
import type { ToolWork } from "@/api/types"
import { Nothing, Part, Section } from "@/components/section"
import { shortModel } from "@/components/session/tools"
import { compact, counted, exact } from "@/lib/format/numbers"

/** What the session worked with: its tools, what of them failed, the sub-agents, the pull requests. */
export function Tools({ id }: { id: string }) {
  const work = useQuery(sessionTools(useApi(), id))
  return (
    <Section title="Tools" definition="Calls of each tool and how many of them failed, as the transcript marks them.">
      <Part query={work} failure="The tools could not be loaded">
        {(data) => (
          <>
            {data.tools.length === 0 ? <Nothing>No tool was called, or this tool does not record it.</Nothing> : <Calls tools={data.tools} />}
            <Categories categories={data.error_categories} />
            <SubAgents list={data.subagents} />
            <PullRequests list={data.pull_requests} />
          </>
        )}
      </Part>
    </Section>
  )
}

function Calls({ tools }: { tools: ToolWork["tools"] }) {
  const sorted = [...tools].sort((a, b) => b.calls - a.calls || a.name.localeCompare(b.name))
  const most = Math.max(1, ...sorted.map((tool) => tool.calls))
  return (
    <table className="w-full table-fixed tabular-nums">
      <caption className="sr-only">Tool calls by name</caption>
      <tbody>
        {sorted.map((tool) => (
          <tr key={tool.name}>
            <th scope="row" className="w-2/5 truncate py-0.5 pr-2 text-left font-normal" data-tip={tool.name}>
              {tool.name}
            </th>
            <td aria-hidden className="py-0.5">
              <span className="block h-1.5 rounded-full bg-series-1" style={{ width: `${(tool.calls / most) * 100}%` }} />
            </td>
            <td className="w-12 text-right">{exact(tool.calls)}</td>
            <td className="w-20 text-right text-critical-ink">{tool.errors > 0 && `${exact(tool.errors)} failed`}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Categories({ categories }: { categories: Record<string, number> }) {
  const sorted = Object.entries(categories).sort(([, a], [, b]) => b - a)
  if (sorted.length === 0) return null
  return (
    <Block title="Why they failed">
      {sorted.map(([name, count]) => (
        <li key={name} className="flex justify-between gap-2">
          <span className="truncate">{name.replaceAll("_", " ")}</span>
          <span className="tabular-nums">{exact(count)}</span>
        </li>
      ))}
    </Block>
  )
}

function SubAgents({ list }: { list: ToolWork["subagents"] }) {
  if (list.length === 0) return null
  return (
    <Block title="Sub-agents">
      {list.map((agent) => (
        <li key={agent.id} className="flex items-baseline gap-2">
          <span className="truncate">{agent.kind ?? "Sub-agent"}</span>
          {agent.model && <span className="truncate font-mono text-meta text-muted">{shortModel(agent.model)}</span>}
          <span className="ml-auto shrink-0 text-meta text-muted tabular-nums">
            {counted(agent.tool_calls, "call")} · {compact(agent.tokens)} tok
          </span>
        </li>
      ))}
    </Block>
  )
}

function PullRequests({ list }: { list: ToolWork["pull_requests"] }) {
  if (list.length === 0) return null
  return (
    <Block title="Pull requests">
      {list.map((one) => (
        <li key={one.url} className="flex items-center gap-1.5">
          <GitPullRequest aria-hidden size={14} strokeWidth={1.5} className="shrink-0 text-muted" />
          <PullRequestLink url={one.url}>
            {one.repository} {one.number !== null && `#${one.number}`}
          </PullRequestLink>
        </li>
      ))}
    </Block>
  )
}

/** The address came out of a transcript: only a web address may be pressed. */
function PullRequestLink({ url, children }: { url: string; children: ReactNode }) {
  if (!/^https?:\/\//i.test(url)) return <span className="truncate">{children}</span>
  return (
    <a href={url} target="_blank" rel="noreferrer noopener" className="truncate text-accent-ink underline underline-offset-2">
      {children}
    </a>
  )
}

function Block({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <h3 className="mt-3 mb-1 text-meta text-muted">{title}</h3>
      <ul className="flex flex-col gap-1">{children}</ul>
    </>
  )
}
