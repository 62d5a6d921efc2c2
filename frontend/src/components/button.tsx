import type { ComponentProps } from "react"

import { classes } from "@/lib/classes"

type Look = "primary" | "secondary" | "ghost" | "danger"

const LOOKS: Record<Look, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong",
  secondary: "border border-line-strong bg-surface hover:bg-hover",
  ghost: "text-muted hover:bg-hover hover:text-text",
  danger: "border border-line-strong bg-surface text-critical-ink hover:bg-critical-soft",
}

export interface ButtonProps extends ComponentProps<"button"> {
  look?: Look
  /** Only an icon: square. It needs an aria-label. */
  square?: boolean
  busy?: boolean
  /** Why it cannot be pressed now. The button stays in reach, so that the reason can be read on it. */
  because?: string | null
}

export function buttonClasses(look: Look = "secondary", square = false): string {
  return classes(
    "inline-flex h-8 shrink-0 items-center justify-center gap-1.5 rounded-md text-body font-medium whitespace-nowrap transition-colors",
    "disabled:opacity-55 aria-disabled:cursor-not-allowed aria-disabled:opacity-55",
    square ? "w-8" : "px-3",
    LOOKS[look],
  )
}

export function Button({ look = "secondary", square, busy, because, className, disabled, type = "button", onClick, ...rest }: ButtonProps) {
  const refused = because !== undefined && because !== null
  return (
    <button
      type={type}
      disabled={disabled ?? busy}
      aria-busy={busy}
      aria-disabled={refused || undefined}
      className={classes(buttonClasses(look, square), className)}
      onClick={refused ? (event) => event.preventDefault() : onClick}
      {...rest}
      {...(refused ? { "data-tip": because } : {})}
    />
  )
}
