import { useQuery } from "@tanstack/react-query"

import { useApi } from "@/api/context"
import { lookers } from "@/api/presence"
import { Avatar } from "@/components/avatar"
import { listed } from "@/lib/format/names"
import { useLiveState } from "@/lib/live/react"

const FACES = 3

/** Who else has this session open just now. Nobody is shown while that cannot be known. */
export function Lookers({ id }: { id: string }) {
  const { live } = useApi()
  const people = useQuery(lookers(id)).data ?? []
  const { phase } = useLiveState(live)
  if (phase !== "live" || people.length === 0) return null
  return (
    <span className="inline-flex items-center gap-1.5" data-testid="lookers" data-tip={people.map((one) => one.username).join("\n")}>
      <span className="flex -space-x-1">
        {people.slice(0, FACES).map((one) => (
          <span key={one.user_id} className="rounded-full bg-canvas ring-1 ring-canvas">
            <Avatar name={one.username} id={one.user_id} />
          </span>
        ))}
      </span>
      {listed(people.map((one) => one.username))} {people.length === 1 ? "is" : "are"} looking too
    </span>
  )
}
