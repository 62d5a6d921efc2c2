import { Problem } from "@/api/problem"
import { useShare } from "@/api/sessions"
import type { Session, User, Visibility } from "@/api/types"
import { useToast } from "@/components/toasts"

const DONE: Record<Visibility, string> = {
  team: "Shared with the team",
  private: "Only its owner can see this session now",
  public: "Shared by link",
}

/** Who may change who sees this session, and the change itself with its way back. */
export function useSharing(session: Session, user: User) {
  const share = useShare()
  const say = useToast()
  const own = session.user_id === user.id && user.role !== "viewer"
  // A promise and no callback of the mutation: the menu this began in is closed before the answer comes.
  const change = async (visibility: Visibility, back: Visibility | null) => {
    try {
      await share.mutateAsync({ id: session.id, visibility })
      say(DONE[visibility], back === null ? undefined : () => void change(back, null))
    } catch (error) {
      say(error instanceof Problem ? (error.detail ?? error.message) : "The server cannot be reached. Nothing was changed.")
    }
  }
  return {
    // What an admin hides of somebody else's, only its owner can show again.
    set: (visibility: Visibility) => void change(visibility, own ? session.visibility : null),
    busy: share.isPending,
    canShare: own && session.visibility === "private",
    canHide: session.visibility !== "private" && (own || user.role === "admin"),
  }
}
