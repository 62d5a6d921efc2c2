import { Dialog as Radix } from "radix-ui"
import { lazy, Suspense, useState } from "react"

import { useOpener } from "@/components/opener"
import { useShortcuts } from "@/lib/keys"

const Finder = lazy(() => import("./finder").then((module) => ({ default: module.Finder })))

/** Ctrl or Cmd and K, everywhere: a page, a session or a command by its name. */
export function Palette() {
  const [open, setOpen] = useState(false)
  const giveBack = useOpener(open)
  useShortcuts([{ keys: "mod+k", label: "Find a page, session or command", run: () => setOpen(true), always: true }])
  return (
    <Radix.Root open={open} onOpenChange={setOpen}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-appear bg-canvas/70" />
        <Radix.Content
          onCloseAutoFocus={giveBack}
          aria-describedby={undefined}
          className="fixed top-[12vh] left-1/2 z-40 w-[min(36rem,calc(100vw-2rem))] -translate-x-1/2 animate-appear overflow-hidden rounded-card border border-line bg-raised shadow-floating"
        >
          <Radix.Title className="sr-only">Find a page or session</Radix.Title>
          <Suspense fallback={<div className="h-12" />}>
            <Finder onDone={() => setOpen(false)} />
          </Suspense>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
