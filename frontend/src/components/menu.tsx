import { Check } from "lucide-react"
import { DropdownMenu } from "radix-ui"
import type { ReactNode } from "react"

import { classes } from "@/lib/classes"

/** Not modal: the page behind goes on living, and one press outside both closes the menu and does what it says. */
export function Menu({ children }: { children: ReactNode }) {
  return <DropdownMenu.Root modal={false}>{children}</DropdownMenu.Root>
}

export const MenuTrigger = DropdownMenu.Trigger

export function MenuContent({ children, label, align = "end" }: { children: ReactNode; label?: string; align?: "start" | "end" }) {
  return (
    <DropdownMenu.Portal>
      <DropdownMenu.Content
        align={align}
        sideOffset={4}
        collisionPadding={8}
        aria-label={label}
        className="z-40 max-h-(--radix-dropdown-menu-content-available-height) min-w-48 animate-appear overflow-y-auto rounded-card border border-line bg-raised p-1 shadow-floating"
      >
        {children}
      </DropdownMenu.Content>
    </DropdownMenu.Portal>
  )
}

const ITEM =
  "flex h-8 items-center gap-2 rounded-md px-2 text-body outline-none select-none data-disabled:opacity-50 data-highlighted:bg-hover"

const TALL_ITEM = "flex items-start gap-2 rounded-md px-2 py-1.5 text-body outline-none select-none"

interface MenuItemProps extends DropdownMenu.DropdownMenuItemProps {
  icon?: ReactNode
  danger?: boolean
  /** Why it cannot be chosen now; it stands under its name. */
  because?: string | null
}

export function MenuItem({ children, icon, danger, because, ...rest }: MenuItemProps) {
  const refused = because !== undefined && because !== null
  return (
    <DropdownMenu.Item className={classes(refused ? TALL_ITEM : ITEM, danger && "text-critical-ink")} disabled={refused} {...rest}>
      {icon && <span className="text-muted">{icon}</span>}
      {refused ? (
        <span className="flex max-w-64 flex-col">
          <span className="opacity-50">{children}</span>
          <span className="text-meta text-muted">{because}</span>
        </span>
      ) : (
        children
      )}
    </DropdownMenu.Item>
  )
}

/** A choice of several: the menu stays open, so that more than one can be ticked. */
export function MenuCheck({ children, ...rest }: DropdownMenu.DropdownMenuCheckboxItemProps) {
  return (
    <DropdownMenu.CheckboxItem className={ITEM} onSelect={(event) => event.preventDefault()} {...rest}>
      <span className="inline-flex size-4 items-center justify-center rounded-sm border border-line-strong">
        <DropdownMenu.ItemIndicator>
          <Check aria-hidden size={12} strokeWidth={2.5} className="text-accent-ink" />
        </DropdownMenu.ItemIndicator>
      </span>
      {children}
    </DropdownMenu.CheckboxItem>
  )
}

interface ChoiceProps<V extends string> {
  value: V
  choices: readonly { value: V; label: string; meaning?: string }[]
  onChange: (value: V) => void
}

/** One of several, each with what it means. */
export function MenuChoice<V extends string>({ value, choices, onChange }: ChoiceProps<V>) {
  return (
    <DropdownMenu.RadioGroup value={value} onValueChange={(next) => onChange(next as V)}>
      {choices.map((choice) => (
        <DropdownMenu.RadioItem
          key={choice.value}
          value={choice.value}
          className="flex max-w-80 gap-2 rounded-md px-2 py-1.5 text-body outline-none select-none data-highlighted:bg-hover"
        >
          <span className="mt-0.5 inline-flex size-4 shrink-0 items-center justify-center">
            <DropdownMenu.ItemIndicator>
              <Check aria-hidden size={14} strokeWidth={2} className="text-accent-ink" />
            </DropdownMenu.ItemIndicator>
          </span>
          <span className="min-w-0">
            <span className="block truncate">{choice.label}</span>
            {choice.meaning && <span className="block text-meta text-muted">{choice.meaning}</span>}
          </span>
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  )
}

export function MenuLine() {
  return <DropdownMenu.Separator className="my-1 h-px bg-line" />
}

export function MenuHeading({ children }: { children: ReactNode }) {
  return <DropdownMenu.Label className="px-2 py-1.5 text-meta text-muted">{children}</DropdownMenu.Label>
}
