/** Why something is missing here. */
export function Hidden({ why }: { why: string | null }) {
  return why === null ? null : <p className="mt-2 text-meta text-muted">{why}</p>
}
