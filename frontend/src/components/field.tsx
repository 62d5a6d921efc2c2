import { useId, type ComponentProps } from "react"

import { classes } from "@/lib/classes"

interface FieldProps extends ComponentProps<"input"> {
  label: string
  hint?: string | undefined
  error?: string | undefined
}

export const fieldClasses =
  "w-full rounded-md border border-line-strong bg-surface px-3 text-prose placeholder:text-muted aria-invalid:border-critical"
export const inputClasses = `h-9 ${fieldClasses}`

/** An input with its label, and the reason beside it when it is wrong. */
export function Field({ label, hint, error, className, ...rest }: FieldProps) {
  const id = useId()
  const note = error ?? hint
  return (
    <div className={classes("flex flex-col gap-1.5", className)}>
      <label htmlFor={id} className="text-body font-medium">
        {label}
      </label>
      <input
        id={id}
        className={inputClasses}
        aria-invalid={error ? true : undefined}
        aria-describedby={note ? `${id}-note` : undefined}
        {...rest}
      />
      {note && (
        <p id={`${id}-note`} className={classes("text-meta", error ? "text-critical-ink" : "text-muted")}>
          {note}
        </p>
      )}
    </div>
  )
}
