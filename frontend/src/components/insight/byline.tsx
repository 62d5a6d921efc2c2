import { Link } from "@tanstack/react-router"
import { Radar, SquareTerminal } from "lucide-react"

import type { Insight } from "@/api/types"
import { Ago } from "@/components/ago"
import { Avatar } from "@/components/avatar"

const ICON = { "aria-hidden": true, size: 14, strokeWidth: 1.5, className: "shrink-0" } as const

/** Who shared it and when, and the session it is about, where the reader may see that. */
export function Byline({ insight }: { insight: Insight }) {
  return (
    <>
      <span className="inline-flex min-w-0 items-center gap-1.5">
        {insight.shared_by !== null && insight.username !== null ? (
          <Link to="/insights" search={{ user: [insight.shared_by] }} className="inline-flex min-h-6 min-w-0 items-center gap-1.5 hover:text-text" data-tip={`What ${insight.username} shared`}>
            <Avatar name={insight.username} id={insight.shared_by} />
            <span className="truncate">{insight.username}</span>
          </Link>
        ) : insight.origin === "detected" ? (
          <span className="inline-flex items-center gap-1.5">
            <Radar {...ICON} />
            Found by a rule
          </span>
        ) : (
          <span>{insight.username ?? "A former member"}</span>
        )}
        <span aria-hidden>·</span>
        <Ago iso={insight.created_at} className="whitespace-nowrap" />
      </span>
      {insight.session_id !== null && (
        <Link
          to="/sessions/$id"
          params={{ id: insight.session_id }}
          search={insight.moment === null ? {} : { event: insight.moment }}
          data-tip={insight.moment === null ? "The session it is about" : "The step of the session that it is about"}
          className="inline-flex min-h-6 max-w-full min-w-0 items-center gap-1.5 hover:text-text"
        >
          <SquareTerminal {...ICON} />
          <span className="truncate">{insight.session_title ?? "A session"}</span>
        </Link>
      )}
    </>
  )
}

export function Tags({ tags }: { tags: readonly string[] }) {
  if (tags.length === 0) return null
  return (
    <ul aria-label="Tags" className="flex flex-wrap gap-1.5">
      {tags.map((tag) => (
        <li key={tag} className="max-w-full">
          <Link
            to="/insights"
            search={{ tag: [tag] }}
            data-tip={`Insights with the tag ${tag}`}
            className="inline-flex min-h-6 max-w-full items-center rounded-md bg-track px-2 text-meta break-all hover:text-accent-ink"
          >
            {tag}
          </Link>
        </li>
      ))}
    </ul>
  )
}
