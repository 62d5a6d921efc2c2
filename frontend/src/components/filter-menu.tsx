import { ChevronDown } from "lucide-react"

import { classes } from "@/lib/classes"

import { buttonClasses } from "./button"
import { Menu, MenuCheck, MenuContent, MenuTrigger } from "./menu"

export interface FilterChoice {
  value: string
  label: string
  /** How many there are of it, where that is known. */
  count?: number
}

interface FilterMenuProps {
  label: string
  chosen: string[] | undefined
  choices: readonly FilterChoice[]
  name?: (label: string) => string
  onToggle: (value: string) => void
}

/** Several of one kind to narrow a page to. */
export function FilterMenu({ label, chosen = [], choices, name = (text) => text, onToggle }: FilterMenuProps) {
  // What the URL asks for stays visible although nothing of it is here just now.
  const absent = chosen.filter((value) => !choices.some((choice) => choice.value === value))
  const shown: FilterChoice[] = [...choices, ...absent.map((value) => ({ value, label: value, count: 0 }))]
  if (shown.length === 0) return null
  const names = shown.filter((choice) => chosen.includes(choice.value)).map((choice) => name(choice.label))
  return (
    <Menu>
      <MenuTrigger className={classes(buttonClasses("secondary"), "max-w-full font-normal", chosen.length > 0 && "border-accent! bg-accent-soft!")}>
        <span className="truncate">{names.length === 0 ? label : `${label}: ${names.length > 2 ? `${names.length} chosen` : names.join(", ")}`}</span>
        <ChevronDown aria-hidden size={14} strokeWidth={1.5} className="shrink-0" />
      </MenuTrigger>
      <MenuContent label={label} align="start">
        {shown.map((choice) => (
          <MenuCheck key={choice.value} checked={chosen.includes(choice.value)} onCheckedChange={() => onToggle(choice.value)}>
            <span className="max-w-64 flex-1 truncate">{name(choice.label)}</span>
            {choice.count !== undefined && <span className="pl-4 text-muted tabular-nums">{choice.count}</span>}
          </MenuCheck>
        ))}
      </MenuContent>
    </Menu>
  )
}
