import type { Role } from "@/api/types"

/** What each role is called, and may do. */
export const ROLES: Record<Role, { label: string; one: string; may: string }> = {
  admin: {
    label: "Admin",
    one: "an admin",
    may: "Does all that members may, edits what others shared, and manages members, invites, settings and the audit log.",
  },
  member: { label: "Member", one: "a member", may: "Sees what is shared, connects machines, shares and edits sessions of their own." },
  viewer: { label: "Viewer", one: "a viewer", may: "Sees what is shared with the team, and changes nothing." },
}

export const ROLE_CHOICES = (["admin", "member", "viewer"] as const).map((value) => ({
  value,
  label: ROLES[value].label,
  meaning: ROLES[value].may,
}))
