import type { TimelineEvent } from "@/api/types"

const OUTCOMES = { ok: null, failed: "failed", refused: "refused by the person", interrupted: "interrupted" } as const

/** An event as one reads it: what happened, and what is known of it. */
export function eventWords(event: TimelineEvent): { title: string; note: string } {
  const outcome = event.outcome && OUTCOMES[event.outcome]
  const category = event.category?.replaceAll("_", " ")
  return {
    title: titleOf(event),
    note: [event.detail, outcome, category].filter(Boolean).join(" · "),
  }
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
      return "Commit"
    case "pull_request":
      return "Pull request"
    case "subagent":
      return event.name ? `Sub-agent ${event.name}` : "Sub-agent"
    case "interrupt":
      return "Stopped by the person"
  }
}
