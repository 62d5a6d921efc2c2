import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"

import { useApi } from "@/api/context"
import { similarInsights } from "@/api/insights"
import { counted } from "@/lib/format/numbers"

import { useSettled } from "@/lib/settled"

const SHORTEST = 8

/** Says that something like it is there already, so that it can be voted for instead. */
export function Similar({ title, onLeave }: { title: string; onLeave: () => void }) {
  const settled = useSettled(title.trim(), 300)
  const { data } = useQuery({ ...similarInsights(useApi(), settled), enabled: settled.length >= SHORTEST })
  const found = settled.length >= SHORTEST ? (data ?? []) : []
  return (
    <div role="status" className="empty:-mt-4">
      {found.length > 0 && (
        <div className="rounded-md bg-info-soft px-3 py-2 text-info-ink">
          <p className="font-medium">{found.length === 1 ? "There is an insight like this" : "There are insights like this"}: a vote or a comment there may say it already.</p>
          <ul className="mt-1 flex flex-col">
            {found.map((one) => (
              <li key={one.id} className="flex min-h-6 items-baseline gap-2">
                <Link to="/insights/$id" params={{ id: one.id }} onClick={onLeave} className="min-w-0 truncate underline underline-offset-2">
                  {one.title}
                </Link>
                <span className="shrink-0 text-meta">{counted(one.upvotes, "vote")}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}
