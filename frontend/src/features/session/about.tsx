import { Link } from "@tanstack/react-router"
import { useState } from "react"

import type { Session, User } from "@/api/types"
import { Button } from "@/components/button"
import { Nothing, Section } from "@/components/section"

import { AboutForm } from "./about-form"

/** What people say of the session: tags and a note. Its title stands above the page. */
export function About({ session, user }: { session: Session; user: User }) {
  const [editing, setEditing] = useState(false)
  const may = user.role === "admin" || (session.user_id === user.id && user.role !== "viewer")
  return (
    <Section
      title="About"
      aside={
        may && !editing && (
          <Button aria-label="Edit title, tags and note" onClick={() => setEditing(true)}>
            Edit
          </Button>
        )
      }
    >
      {may && editing ? <AboutForm session={session} onDone={() => setEditing(false)} /> : <Said session={session} />}
    </Section>
  )
}

function Said({ session }: { session: Session }) {
  if (session.tags.length === 0 && session.note === null) return <Nothing>No tags and no note yet.</Nothing>
  return (
    <div className="flex flex-col gap-3">
      {session.tags.length > 0 && (
        <ul aria-label="Tags" className="flex flex-wrap gap-1.5">
          {session.tags.map((tag) => (
            <li key={tag} className="max-w-full">
              <Link
                to="/"
                search={{ tag: [tag] }}
                data-tip={`Sessions with the tag ${tag}`}
                className="inline-flex min-h-6 max-w-full items-center rounded-md bg-track px-2 text-meta break-all hover:text-accent-ink"
              >
                {tag}
              </Link>
            </li>
          ))}
        </ul>
      )}
      {session.note !== null && <p className="text-prose break-words whitespace-pre-wrap">{session.note}</p>}
    </div>
  )
}
