import type { TeamSettings } from "@/api/types"

export type WallNames = NonNullable<TeamSettings["wall_names"]>

/** A person as the team wants them named on a wall. */
export function wallName(username: string, names: WallNames): string {
  if (names === "none") return "somebody"
  if (names === "full") return username
  const parts = username.split(/[\s._-]+/).filter(Boolean)
  return parts.map((part) => part.charAt(0).toUpperCase()).join("") || "?"
}
