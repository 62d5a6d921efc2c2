import { lazy, Suspense } from "react"

const Renderer = lazy(() => import("./renderer").then((module) => ({ default: module.Renderer })))

export interface MarkdownProps {
  text: string
  /** The level of all headings in it, so that they follow those of the page. */
  heading: 2 | 3
  /** Persons that are called by an `@` before their name. */
  people?: readonly string[]
}

/** What people wrote in Markdown: drawn, but never run. Until it can be drawn it stands there as it was written. */
export function Markdown(props: MarkdownProps) {
  return (
    <Suspense fallback={<p className="text-prose break-words whitespace-pre-wrap">{props.text}</p>}>
      <Renderer {...props} />
    </Suspense>
  )
}
