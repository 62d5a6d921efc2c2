import { useState } from "react"

import { Dialog } from "@/components/dialog"
import { activeShortcuts, useShortcuts } from "@/lib/keys"

/** `?` lists the keys of the page that is open. */
export function KeyHelp() {
  const [open, setOpen] = useState(false)
  useShortcuts([{ keys: "?", label: "Show these keys", run: () => setOpen(true) }])
  return (
    <Dialog open={open} onOpenChange={setOpen} title="Keys">
      {open && (
        <dl className="grid grid-cols-[1fr_auto] gap-x-6 gap-y-2">
          {activeShortcuts().map(({ keys, label }) => (
            <div key={keys} className="contents">
              <dt>{label}</dt>
              <dd className="flex gap-1">
                {keys.split(/[ +]/).map((key) => (
                  <kbd key={key} className="rounded-sm border border-line-strong px-1.5 font-mono text-meta">
                    {key === "mod" ? "Ctrl" : key}
                  </kbd>
                ))}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Dialog>
  )
}
