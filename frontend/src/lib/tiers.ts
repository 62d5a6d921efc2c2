export type Tier = "counts" | "metadata" | "content"

/** What a machine lets leave, in the words of its own setting. */
export const TIERS: Record<Tier, { name: string; meaning: string }> = {
  counts: { name: "Numbers only", meaning: "Tokens, times, calls and tool names. No titles, paths, branches or commit subjects." },
  metadata: { name: "Numbers and names", meaning: "Also projects, branches, paths, commit subjects and titles made by the tool. No words of prompts or answers." },
  content: { name: "Numbers, names and excerpts", meaning: "Also titles made from prompts, and short excerpts in the timeline." },
}

export const TIER_NAMES = Object.keys(TIERS) as Tier[]
