import { useId, type ComponentProps } from "react"

import { classes } from "@/lib/classes"

import { inputClasses } from "./field"

interface SelectProps extends ComponentProps<"select"> {
  label: string
  hint?: string
  choices: readonly { value: string; label: string }[]
}

/** One of a list, by the browser's own control. */
export function Select({ label, hint, choices, className, ...rest }: SelectProps) {
  const id = useId()
  return (
    <div className={classes("flex flex-col gap-1.5", className)}>
      <label htmlFor={id} className="text-body font-medium">
        {label}
      </label>
      <select id={id} className={inputClasses} aria-describedby={hint ? `${id}-note` : undefined} {...rest}>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
      {hint && (
        <p id={`${id}-note`} className="text-meta text-muted">
          {hint}
        </p>
      )}
    </div>
  )
}
