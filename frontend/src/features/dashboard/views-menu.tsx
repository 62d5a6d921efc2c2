import { useNavigate } from "@tanstack/react-router"
import { Bookmark } from "lucide-react"
import { lazy, Suspense, useState } from "react"

import { buttonClasses } from "@/components/button"
import { Dialog } from "@/components/dialog"
import { Menu, MenuContent, MenuHeading, MenuItem, MenuLine, MenuTrigger } from "@/components/menu"

import type { BoardMemory, SavedView } from "./board-memory"
import type { BoardSearch } from "./filter"

const SaveForm = lazy(() => import("./view-forms").then((module) => ({ default: module.SaveForm })))
const ViewList = lazy(() => import("./view-forms").then((module) => ({ default: module.ViewList })))

interface ViewsProps {
  memory: BoardMemory
  views: readonly SavedView[]
  search: BoardSearch
}

/** Filters, grouping and layout under a name, to come back to. */
export function ViewsMenu({ memory, views, search }: ViewsProps) {
  const navigate = useNavigate()
  const [dialog, setDialog] = useState<"save" | "arrange" | null>(null)
  return (
    <>
      <Menu>
        <MenuTrigger className={buttonClasses()}>
          <Bookmark aria-hidden size={16} strokeWidth={1.5} />
          Views
        </MenuTrigger>
        <MenuContent label="Views">
          {views.length > 0 && <MenuHeading>Your views</MenuHeading>}
          {views.map((view) => (
            <MenuItem key={view.name} onSelect={() => void navigate({ to: "/", search: view.search })}>
              {view.name}
            </MenuItem>
          ))}
          {views.length > 0 && <MenuLine />}
          <MenuItem onSelect={() => setDialog("save")}>Save this view</MenuItem>
          {views.length > 0 && <MenuItem onSelect={() => setDialog("arrange")}>Remove views</MenuItem>}
        </MenuContent>
      </Menu>
      <Dialog
        open={dialog === "save"}
        onOpenChange={(open) => !open && setDialog(null)}
        title="Save this view"
        description="Its filters, grouping and layout, for you alone. Views and pins are kept in this browser; the address of a view can be sent to anybody in the team."
      >
        <Suspense>
          <SaveForm memory={memory} search={search} onDone={() => setDialog(null)} />
        </Suspense>
      </Dialog>
      <Dialog open={dialog === "arrange"} onOpenChange={(open) => !open && setDialog(null)} title="Remove views">
        <Suspense>
          <ViewList memory={memory} views={views} />
        </Suspense>
      </Dialog>
    </>
  )
}
