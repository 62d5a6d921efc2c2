import { useQueryClient } from "@tanstack/react-query"
import { useState } from "react"

import { overtakenBy } from "@/api/changed"
import { deleteComment, replaceComment, useAddComment, useEditComment } from "@/api/comments"
import { useApi } from "@/api/context"
import type { InsightComment, Member, User } from "@/api/types"
import { Ago } from "@/components/ago"
import { Avatar } from "@/components/avatar"
import { useLateDeed } from "@/components/late-deed"
import { Markdown } from "@/components/markdown"

import { CommentForm } from "./comment-form"

interface CommentItemProps {
  insight: string
  comment: InsightComment
  user: User
  people: readonly Member[]
  onHide: (id: string, away: boolean) => void
}

/** One comment, with its answers' form and its own. */
export function CommentItem({ insight, comment, user, people, onHide }: CommentItemProps) {
  const [doing, setDoing] = useState<"answer" | "edit" | null>(null)
  const remove = useDeletingComment(insight, onHide)
  const stop = () => setDoing(null)
  if (comment.deleted) return <p className="text-muted italic">This comment was deleted.</p>
  const mine = comment.user_id === user.id && user.role !== "viewer"
  return (
    <article data-testid="comment" data-comment-id={comment.id} aria-label={`Comment of ${comment.username ?? "a former member"}`} className="flex gap-2.5">
      <Avatar name={comment.username ?? "?"} id={comment.user_id ?? comment.id} />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <p className="flex flex-wrap items-baseline gap-x-2 text-meta text-muted">
          <span className="text-body font-medium text-text">{comment.username ?? "A former member"}</span>
          <Ago iso={comment.created_at} />
          {comment.edited && <span>edited</span>}
        </p>
        {doing === "edit" ? (
          <EditForm insight={insight} comment={comment} people={people} onDone={stop} />
        ) : (
          <Markdown text={comment.content} heading={3} people={comment.mentions.map((one) => one.username)} />
        )}
        {doing === null && (
          <div className="-ml-1.5 flex text-meta text-muted">
            {user.role !== "viewer" && <Act onPress={() => setDoing("answer")}>Answer</Act>}
            {mine && <Act onPress={() => setDoing("edit")}>Edit</Act>}
            {(mine || user.role === "admin") && <Act onPress={() => remove(comment.id)}>Delete</Act>}
          </div>
        )}
        {doing === "answer" && <AnswerForm insight={insight} comment={comment} people={people} onDone={stop} />}
      </div>
    </article>
  )
}

function Act({ children, onPress }: { children: string; onPress: () => void }) {
  return (
    <button type="button" onClick={onPress} className="inline-flex h-6 items-center rounded-md px-1.5 hover:bg-hover hover:text-text">
      {children}
    </button>
  )
}

interface PartProps {
  insight: string
  comment: InsightComment
  people: readonly Member[]
  onDone: () => void
}

function AnswerForm({ insight, comment, people, onDone }: PartProps) {
  const add = useAddComment(insight)
  const send = async (content: string) => {
    await add.mutateAsync({ content, parent_id: comment.id })
    onDone()
    return true
  }
  return (
    <CommentForm
      autoFocus
      label={`Answer ${comment.username ?? "this"}`}
      submit="Answer"
      people={people}
      busy={add.isPending}
      error={add.error}
      onSend={(content) => send(content).catch(() => false)}
      onCancel={onDone}
    />
  )
}

/** Holds what was typed, and says what somebody else made of the comment meanwhile. */
function EditForm({ insight, comment, people, onDone }: PartProps) {
  const queries = useQueryClient()
  const [seen, setSeen] = useState(comment)
  const edit = useEditComment(insight)
  const other = overtakenBy<InsightComment>(edit.error)
  const send = async (content: string) => {
    try {
      if (content !== seen.content) await edit.mutateAsync({ comment: seen, content })
      onDone()
      return true
    } catch (error) {
      const now = overtakenBy<InsightComment>(error)
      if (now) setSeen(now)
      return false
    }
  }
  const cancel = () => {
    if (other) replaceComment(queries, insight, other)
    onDone()
  }
  return (
    <CommentForm
      autoFocus
      label="Edit the comment"
      submit={other ? "Save mine" : "Save"}
      begin={comment.content}
      people={people}
      busy={edit.isPending}
      error={other ? null : edit.error}
      onSend={send}
      onCancel={cancel}
      notice={
        other && (
          <p role="alert" className="rounded-md bg-warning-soft px-3 py-2 break-words whitespace-pre-wrap text-warning-ink">
            {other.deleted ? "It was deleted meanwhile; nothing of yours was saved." : `It was changed elsewhere meanwhile; nothing of yours was saved. It now says: ${other.content}`}
          </p>
        )
      }
    />
  )
}

function useDeletingComment(insight: string, onHide: (id: string, away: boolean) => void): (id: string) => void {
  const api = useApi()
  const queries = useQueryClient()
  const later = useLateDeed()
  return (id) =>
    later({
      said: "The comment is deleted",
      failed: "The comment was not deleted.",
      hide: () => onHide(id, true),
      show: () => onHide(id, false),
      send: () => deleteComment(api, queries, insight, id),
    })
}
