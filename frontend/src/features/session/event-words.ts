import type { EventKind, TimelineEvent } from "@/api/types"
import { counted } from "@/lib/format/numbers"

const OUTCOMES = { ok: null, failed: "failed", refused: "refused by the person", interrupted: "interrupted" } as const

export const KINDS: readonly { kind: EventKind; label: string }[] = [
  { kind: "prompt", label: "Prompts" },
  { kind: "answer", label: "Answers" },
  { kind: "tool", label: "Tools" },
  { kind: "subagent", label: "Sub-agents" },
  { kind: "api_error", label: "API errors" },
  { kind: "compaction", label: "Compactions" },
  { kind: "commit", label: "Commits" },
  { kind: "pull_request", label: "Pull requests" },
  { kind: "interrupt", label: "Stops" },
]

/** An event as one reads it: what happened, and what is known of it. */
export function eventWords(event: TimelineEvent): { title: string; note: string } {
  const outcome = event.outcome && OUTCOMES[event.outcome]
  const category = event.category?.replaceAll("_", " ")
  const size = event.kind === "compaction" && event.tokens != null ? `at ${counted(event.tokens, "token")}` : null
  return {
    title: titleOf(event),
    note: [event.detail, size, outcome, category].filter(Boolean).join(" · "),
  }
}

/** It went wrong by itself; what a person refused or stopped did not. */
export function isFault(event: TimelineEvent): boolean {
  return event.outcome === "failed" || event.kind === "api_error"
}

function titleOf(event: TimelineEvent): string {
  switch (event.kind) {
    case "prompt":
      return "Prompt"
    case "answer":
      return "Answer"
    case "tool":
      return event.name ?? "Tool call"
    case "api_error":
      return "Model call failed"
    case "compaction":
      return "Context compacted"
    case "commit":
      return event.name ? `Commit ${event.name.slice(0, 7)}` : "Commit"
    case "pull_request":
      return "Pull request"
    case "subagent":
      return event.name ? `Sub-agent ${event.name}` : "Sub-agent done"
    case "interrupt":
      return "Stopped by the person"
  }
}
