import { toolName, TOOLS } from "./tools"

/** The tool as two letters in a small frame; its name is said and shown on hover. */
export function ToolMark({ tool }: { tool: string }) {
  const mark = tool in TOOLS ? TOOLS[tool as keyof typeof TOOLS].mark : "?"
  return (
    <span
      data-tip={toolName(tool)}
      className="inline-flex h-4 shrink-0 items-center rounded-sm border border-line-strong px-1 font-mono text-[0.625rem] leading-none text-muted"
    >
      <span aria-hidden>{mark}</span>
      <span className="sr-only">{toolName(tool)}</span>
    </span>
  )
}
