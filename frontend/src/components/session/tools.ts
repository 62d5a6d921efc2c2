import type { Tool } from "@/api/types"

/** What each tool calls itself, and two letters where there is no room. */
export const TOOLS: Record<Tool, { name: string; mark: string }> = {
  "claude-code": { name: "Claude Code", mark: "CC" },
  codex: { name: "Codex CLI", mark: "Cx" },
  gemini: { name: "Gemini CLI", mark: "Ge" },
  copilot: { name: "Copilot CLI", mark: "Co" },
  opencode: { name: "OpenCode", mark: "OC" },
  cursor: { name: "Cursor", mark: "Cu" },
  aider: { name: "Aider", mark: "Ai" },
  cline: { name: "Cline", mark: "Cl" },
  "roo-code": { name: "Roo Code", mark: "Ro" },
  "kilo-code": { name: "Kilo Code", mark: "Ki" },
  qwen: { name: "Qwen Code", mark: "Qw" },
  amp: { name: "Amp", mark: "Am" },
  other: { name: "Other tool", mark: "?" },
}

export function toolName(tool: string): string {
  return tool in TOOLS ? TOOLS[tool as Tool].name : tool
}

/** "claude-sonnet-4-5-20250929" → "sonnet-4-5"; "models/gemini-2.5-pro" → "gemini-2.5-pro". */
export function shortModel(model: string): string {
  return model
    .replace(/^.*\//, "")
    .replace(/^claude-/, "")
    .replace(/[-@]\d{8}$/, "")
}
