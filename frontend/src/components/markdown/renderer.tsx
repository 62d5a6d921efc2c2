import { useMemo } from "react"
import ReactMarkdown, { type Components } from "react-markdown"
import remarkGfm from "remark-gfm"

import type { MarkdownProps } from "."
import { ELEMENTS, inert, safeUrl } from "./inert"
import "./markdown.css"

/** Draws only the elements of the list, with no attribute but a link's address: HTML in it is text. */
export function Renderer({ text, heading, people }: MarkdownProps) {
  const names = people?.join("\n") ?? ""
  const plugins = useMemo(() => [inert(names === "" ? [] : names.split("\n"))], [names])
  return (
    <div className="markdown">
      <ReactMarkdown allowedElements={ELEMENTS} unwrapDisallowed urlTransform={safeUrl} remarkPlugins={[remarkGfm]} rehypePlugins={plugins} components={heading === 2 ? UNDER_TITLE : UNDER_CARD}>
        {text}
      </ReactMarkdown>
    </div>
  )
}

const PARTS: Components = {
  a: ({ href, children }) =>
    href ? (
      <a href={href} target="_blank" rel="noopener noreferrer nofollow" data-tip={href}>
        {children}
      </a>
    ) : (
      <span>{children}</span>
    ),
  // A box of a task list: no control, as nobody can tick it here.
  input: ({ checked }) => <span aria-label={checked ? "Done:" : "To do:"} role="img">{checked ? "☑" : "☐"}</span>,
  table: ({ children }) => (
    <div className="overflow-x-auto" tabIndex={0} role="group" aria-label="Table, scrollable">
      <table>{children}</table>
    </div>
  ),
  pre: ({ children }) => (
    <pre tabIndex={0} aria-label="Code">
      {children}
    </pre>
  ),
}

const UNDER_TITLE = withHeadings("h2")
const UNDER_CARD = withHeadings("h3")

function withHeadings(Level: "h2" | "h3"): Components {
  const Heading: Components["h1"] = ({ children }) => <Level>{children}</Level>
  return { ...PARTS, h1: Heading, h2: Heading, h3: Heading, h4: Heading, h5: Heading, h6: Heading }
}
