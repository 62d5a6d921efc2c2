import { useInfiniteQuery } from "@tanstack/react-query"

import { useApi } from "@/api/context"
import { memberList } from "@/api/members"
import type { User } from "@/api/types"
import { More } from "@/components/more"
import { Part, Section } from "@/components/section"
import { counted } from "@/lib/format/numbers"

import { MemberRow } from "./member-row"

/** Everybody in the team, with what an admin can do about it. */
export function MemberList({ team, user }: { team: string; user: User }) {
  const members = useInfiniteQuery({ ...memberList(useApi(), team), refetchInterval: 30_000 })
  const held = members.data?.pages.flatMap((page) => page.items) ?? []
  const admins = held.filter((member) => member.role === "admin")
  const onlyAdmin = !members.hasNextPage && admins.length === 1 ? admins[0]?.user_id : undefined
  return (
    <Section title="Members" aside={members.data && (members.hasNextPage ? `${held.length} and more` : counted(held.length, "person", "people"))}>
      <Part query={members} failure="The members could not be loaded">
        {() => (
          <>
            <ul className="divide-y divide-line" aria-label="Members">
              {held.map((member) => (
                <MemberRow key={member.user_id} team={team} member={member} me={user} onlyAdmin={member.user_id === onlyAdmin} />
              ))}
            </ul>
            <More query={members} label="Show more members" />
          </>
        )}
      </Part>
    </Section>
  )
}
