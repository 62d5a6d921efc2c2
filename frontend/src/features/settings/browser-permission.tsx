import { useState } from "react"

import { Button } from "@/components/button"
import { askToNotify } from "@/lib/alerts"

const permission = () => ("Notification" in window ? Notification.permission : "denied")

/** The browser's own question, which only a press may ask. Nothing where it has been answered with yes. */
export function BrowserPermission() {
  const [state, setState] = useState(permission)
  if (state === "granted") return null
  return (
    <div className="flex flex-wrap items-center gap-3 rounded-card border border-line bg-surface px-4 py-3">
      <p className="min-w-52 flex-1 text-muted">
        {state === "denied"
          ? "This browser does not let the page notify: what you choose under “Browser” is not shown here. Its settings can change that."
          : "To be told by this browser while the page is open, it has to allow that once."}
      </p>
      {state === "default" && <Button onClick={() => void askToNotify().then(() => setState(permission()))}>Allow notifications</Button>}
    </div>
  )
}
