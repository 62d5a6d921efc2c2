export type Tool =
  | "claude-code" | "codex" | "gemini" | "copilot" | "opencode" | "cursor" | "aider"
  | "cline" | "roo-code" | "kilo-code" | "qwen" | "amp" | "other"
export type Status = "active" | "waiting" | "idle" | "error" | "ended"
export type Visibility = "private" | "team" | "public"
export type Grade = "good" | "warning" | "critical"
export type Provenance = "exact" | "reported" | "billed" | "estimated" | "unknown"
export type Role = "admin" | "member" | "viewer"

export interface User {
  id: string
  email: string
  username: string
  team_id: string | null
  role: Role | null
  created_at: string
  last_login: string | null
}

export interface SignedIn {
  access_token: string
  token_type: string
  expires_in: number
  user: User
}

export interface Health {
  score: number
  grade: Grade
  top_reason: string
}

export interface Tokens {
  input: number | null
  output: number | null
  cache_read: number | null
  cache_write: number | null
  reasoning: number | null
  total: number | null
  context_used: number | null
  context_window: number | null
}

export interface Session {
  id: string
  native_id: string
  tool: Tool
  tool_version: string | null
  title: string | null
  project: string | null
  repository: string | null
  branch: string | null
  hostname: string | null
  user_id: string
  username: string
  model: string | null
  status: Status
  status_reason: string | null
  visibility: Visibility
  team_id: string
  shared_at: string | null
  parent_id: string | null
  agent_id: string | null
  version: number
  tags: string[]
  note: string | null
  health: Health | null
  tokens: Tokens
  cost_usd: number | null
  cost_basis: "api_equivalent" | "billed"
  provenance: Provenance
  incomplete_calls: number
  unpriced_models: string[]
  messages: { user: number | null; assistant: number | null }
  tool_calls: number | null
  errors: number | null
  refusals: number | null
  api_errors: number | null
  compactions: number | null
  files_changed: number | null
  commits: number | null
  tier: "counts" | "metadata" | "content" | null
  demo: boolean
  started_at: string | null
  last_activity_at: string | null
  ended_at: string | null
  updated_at: string
}

export interface HealthFactor {
  name: string
  score: number
  weight: number
  value: number
  explanation: string
}

export interface HealthDetail {
  score: number | null
  grade: Grade | null
  factors: HealthFactor[]
  history: { at: string; score: number }[]
}

export type EventKind =
  | "prompt" | "answer" | "tool" | "api_error" | "compaction" | "commit" | "pull_request" | "subagent" | "interrupt"

export interface TimelineEvent {
  id: string
  at: string
  kind: EventKind
  lane: string | null
  name: string | null
  outcome: "ok" | "failed" | "refused" | "interrupted" | null
  category: string | null
  duration_ms: number | null
  tokens: number | null
  context_used: number | null
  detail: string | null
}

export interface UsagePoint {
  at: string
  input: number | null
  output: number | null
  cache_read: number | null
  cache_write: number | null
  context_used: number | null
  cost_usd: number | null
}

export interface ChangedFile {
  path: string
  change: "added" | "updated" | "deleted" | "moved"
  edits: number
  added: number | null
  removed: number | null
  last_at: string
}

export interface Commit {
  sha: string
  branch: string | null
  subject: string | null
  at: string
}

export interface Machine {
  id: string
  hostname: string
  user_id: string
  username: string
  os: string
  version: string
  last_seen_at: string
  online: boolean
}

export interface ApiToken {
  id: string
  name: string
  scopes: string[]
  created_at: string
  expires_at: string
}

export interface Page<T> {
  items: T[]
  next_cursor: string | null
}
