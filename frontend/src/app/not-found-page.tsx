import { Link, useLocation } from "@tanstack/react-router"
import { MapPinOff } from "lucide-react"

import { buttonClasses } from "@/components/button"
import { Empty } from "@/components/notice"

export function NotFoundPage() {
  const { pathname } = useLocation()
  return (
    <main className="flex min-h-full items-center justify-center">
      <Empty
        top
        title="There is no such page"
        icon={<MapPinOff aria-hidden size={24} strokeWidth={1.5} />}
        action={
          <Link to="/" className={buttonClasses("primary")}>
            Go to the dashboard
          </Link>
        }
      >
        <code className="font-mono text-body break-all">{pathname}</code> leads nowhere. The link may be old or mistyped.
      </Empty>
    </main>
  )
}
