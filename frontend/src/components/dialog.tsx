import { X } from "lucide-react"
import { Dialog as Radix } from "radix-ui"
import type { ReactNode } from "react"

import { classes } from "@/lib/classes"

import { buttonClasses } from "./button"
import { useOpener } from "./opener"

interface DialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  description?: string
  /** For what needs room to write. */
  wide?: boolean
  children: ReactNode
}

export function Dialog({ open, onOpenChange, title, description, wide = false, children }: DialogProps) {
  const giveBack = useOpener(open)
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-appear bg-canvas/70" />
        <Radix.Content
          onCloseAutoFocus={giveBack}
          {...(description ? {} : { "aria-describedby": undefined })}
          className={classes(
            "fixed left-1/2 z-40 flex -translate-x-1/2 animate-appear flex-col rounded-card border border-line bg-raised shadow-floating",
            wide ? "top-[6vh] max-h-[88vh] w-[min(44rem,calc(100vw-2rem))]" : "top-[12vh] max-h-[76vh] w-[min(32rem,calc(100vw-2rem))]",
          )}
        >
          <div className="flex items-center justify-between gap-4 border-b border-line py-2 pr-2 pl-4">
            <Radix.Title className="text-prose font-semibold">{title}</Radix.Title>
            <Radix.Close aria-label="Close" className={buttonClasses("ghost", true)}>
              <X aria-hidden size={16} strokeWidth={1.5} />
            </Radix.Close>
          </div>
          <div className="overflow-y-auto p-4">
            {description && <Radix.Description className="mb-3 text-body text-muted">{description}</Radix.Description>}
            {children}
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
