import { useInfiniteQuery } from "@tanstack/react-query"
import { useState } from "react"

import { insightComments, useAddComment } from "@/api/comments"
import { useApi } from "@/api/context"
import { memberList } from "@/api/members"
import type { Insight, Member, User } from "@/api/types"
import { More } from "@/components/more"
import { Nothing, Part, Section } from "@/components/section"
import { counted } from "@/lib/format/numbers"

import { CommentForm } from "./comment-form"
import { CommentItem } from "./comment-item"
import { threadOf } from "./thread"

const NOBODY: readonly Member[] = []

/** What people say of an insight, and to each other. */
export function CommentThread({ insight, user }: { insight: Insight; user: User }) {
  const api = useApi()
  const comments = useInfiniteQuery(insightComments(api, insight.id))
  const members = useInfiniteQuery({ ...memberList(api, user.team_id ?? ""), enabled: user.team_id !== null })
  const people = members.data?.pages.flatMap((page) => page.items) ?? NOBODY
  const add = useAddComment(insight.id)
  // Deleted as far as this person sees; they may yet take it back.
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set())
  const hide = (id: string, away: boolean) =>
    setGone((held) => new Set(away ? [...held, id] : [...held].filter((one) => one !== id)))
  const held = comments.data?.pages.flatMap((page) => page.items) ?? []
  const placed = threadOf(held.map((one) => (gone.has(one.id) ? { ...one, content: "", deleted: true } : one)))
  const shown = placed.filter(({ comment, answered }) => !comment.deleted || answered)
  const said = shown.filter(({ comment }) => !comment.deleted).length
  return (
    <div id="comments">
      <Section title="Comments" aside={comments.data && (comments.hasNextPage ? `${said} and more` : counted(said, "comment"))}>
        <Part query={comments} failure="The comments could not be loaded">
          {() => (
            <>
              {shown.length === 0 && <Nothing>{user.role === "viewer" ? "Nobody has said anything yet." : "Nobody has said anything yet. Does it hold for you, too?"}</Nothing>}
              <ol aria-label="Comments" className="flex flex-col gap-4">
                {shown.map(({ comment, depth }) => (
                  <li key={comment.id} className={INDENTS[depth]}>
                    <CommentItem insight={insight.id} comment={comment} user={user} people={people} onHide={hide} />
                  </li>
                ))}
              </ol>
              <More query={comments} label="Show more comments" />
            </>
          )}
        </Part>
        {user.role !== "viewer" && comments.data && (
          <div className="mt-4 border-t border-line pt-4">
            <CommentForm
              label="Say something"
              submit="Comment"
              people={people}
              busy={add.isPending}
              error={add.error}
              onSend={(content) => add.mutateAsync({ content }).then(() => true, () => false)}
            />
          </div>
        )}
      </Section>
    </div>
  )
}

const INDENTS = ["", "ml-4 sm:ml-7", "ml-8 sm:ml-14", "ml-12 sm:ml-21"]
