import { Popover as Radix } from "radix-ui"
import type { ComponentProps, ReactNode } from "react"

interface PopoverProps {
  /** The button that opens it. */
  trigger: ReactNode
  /** What it is called for those who do not see where it hangs. */
  label: string
  children: ReactNode
  align?: "start" | "center" | "end"
  open?: boolean
  onOpenChange?: (open: boolean) => void
}

/** A small layer that hangs on a button. Escape or a press outside closes it and gives the focus back. */
export function Popover({ trigger, label, children, align = "start", ...state }: PopoverProps) {
  return (
    <Radix.Root {...state}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          aria-label={label}
          className="z-40 max-h-(--radix-popover-content-available-height) w-max max-w-[min(24rem,calc(100vw-1rem))] animate-appear overflow-y-auto rounded-card border border-line bg-raised p-3 shadow-floating focus-visible:outline-none"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

export function PopoverClose(props: ComponentProps<typeof Radix.Close>) {
  return <Radix.Close {...props} />
}
