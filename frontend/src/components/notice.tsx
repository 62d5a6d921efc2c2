import { Check, CircleAlert, Copy } from "lucide-react"
import { useState, type ReactNode } from "react"

import { isPassing, Problem } from "@/api/problem"
import { isTooMany } from "@/api/slowdown"

import { Button } from "./button"

interface EmptyProps {
  title: string
  children?: ReactNode
  icon?: ReactNode
  action?: ReactNode
  /** It is all there is on the page. */
  top?: boolean
}

/** Why there is nothing here, and what to do about it. */
export function Empty({ title, children, icon, action, top = false }: EmptyProps) {
  const Heading = top ? "h1" : "h2"
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-2 px-4 py-12 text-center">
      {icon && <span className="mb-1 text-faint">{icon}</span>}
      <Heading className="text-title font-semibold">{title}</Heading>
      {children && <div className="text-prose text-muted">{children}</div>}
      {action && <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  )
}

/** What failed, whether it is worth trying again, and the id to give to whoever runs the server. */
export function Failure({ title, error, retry }: { title: string; error: unknown; retry?: () => void }) {
  const problem = error instanceof Problem ? error : null
  return (
    <div role="alert" className="mx-auto flex w-full max-w-md flex-col items-center gap-2 px-4 py-8 text-center">
      <CircleAlert aria-hidden className="size-5 text-critical" strokeWidth={1.5} />
      <h2 className="text-prose font-semibold">{title}</h2>
      <p className="text-body text-muted">
        {problem?.detail ?? (error instanceof Error ? `${error.message}.` : "")}{" "}
        {isTooMany(error) ? `It is worth another try in ${error.retryAfterS ?? 60} s.` : isPassing(error) && "This is usually over soon."}
      </p>
      <div className="mt-2 flex flex-wrap items-center justify-center gap-2">
        {retry && <Button onClick={retry}>Try again</Button>}
        {problem?.correlationId && <CopyButton look="ghost" text={problem.correlationId} label="Copy correlation id" />}
      </div>
      {problem?.correlationId && <code className="font-mono text-meta text-muted">{problem.correlationId}</code>}
    </div>
  )
}

export function CopyButton({ text, label = "Copy", look = "secondary" }: { text: string; label?: string; look?: "primary" | "secondary" | "ghost" }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 2_000)
  }
  const Icon = copied ? Check : Copy
  return (
    <Button look={look} onClick={() => void copy()}>
      <Icon aria-hidden size={16} strokeWidth={1.5} />
      <span aria-live="polite">{copied ? "Copied" : label}</span>
    </Button>
  )
}
