import { useQuery } from "@tanstack/react-query"
import { ExternalLink } from "lucide-react"

import { useApi } from "@/api/context"
import { sessionCommits, sessionTools } from "@/api/sessions"
import type { Commit, Session } from "@/api/types"
import { Ago } from "@/components/ago"
import { Nothing, Part, Section } from "@/components/section"
import { counted } from "@/lib/format/numbers"

import { Hidden } from "./hidden"
import { commitUrl, homeOf, homeUrl, type RepositoryHome } from "./repository-home"
import { useTakenAway } from "./taken-away"
import { hiddenNames } from "./tier"

const LINK = "text-accent-ink underline underline-offset-2"

/** What was committed, the newest first; linked to where the repository lives, if that is known. */
export function GitCommitList({ session }: { session: Session }) {
  const api = useApi()
  const commits = useQuery(sessionCommits(api, session.id))
  const tools = useQuery(sessionTools(api, session.id))
  const gone = useTakenAway(session)
  const home = homeOf(session.repository, tools.data?.pull_requests.map((one) => one.url))
  return (
    <Section
      title="Commits"
      aside={
        <>
          {commits.data && counted(commits.data.items.length, "commit")}
          {home && (
            <a href={homeUrl(home)} target="_blank" rel="noreferrer noopener" className={`inline-flex items-center gap-1 ${LINK}`}>
              {home.host}
              <ExternalLink aria-hidden size={12} strokeWidth={1.5} />
            </a>
          )}
        </>
      }
    >
      <Part query={commits} failure="The commits could not be loaded">
        {({ items: list }) =>
          list.length === 0 ? (
            <Nothing>{gone ?? "No commit was made in this session."}</Nothing>
          ) : (
            <>
              <ul data-testid="commits" className="flex flex-col gap-1.5">
                {list.map((commit) => (
                  <CommitLine key={commit.sha} commit={commit} home={home} branch={session.branch} />
                ))}
              </ul>
              <Hidden why={hiddenNames(session, "Subjects and branches of commits")} />
            </>
          )
        }
      </Part>
    </Section>
  )
}

export function CommitLine({ commit, home, branch }: { commit: Commit; home: RepositoryHome | null; branch: string | null }) {
  const url = commitUrl(home, commit.sha)
  const short = commit.sha.slice(0, 7)
  return (
    <li className="flex items-baseline gap-2">
      <code className="shrink-0 font-mono text-meta text-muted" data-tip={commit.sha}>
        {url === null ? (
          short
        ) : (
          <a href={url} target="_blank" rel="noreferrer noopener" className={LINK}>
            {short}
          </a>
        )}
      </code>
      <span className="min-w-0 flex-1 truncate" data-tip={commit.subject ?? undefined}>
        {commit.subject ?? <span className="text-muted">—</span>}
      </span>
      {commit.branch !== null && commit.branch !== branch && <code className="max-w-40 shrink-0 truncate font-mono text-meta text-muted">{commit.branch}</code>}
      <Ago iso={commit.at} className="shrink-0 text-meta text-muted" />
    </li>
  )
}
