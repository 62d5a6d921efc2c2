/** Says that this is no real work, wherever such a session stands among real ones. */
export function DemoMark() {
  return (
    <span
      className="inline-flex h-4 shrink-0 items-center rounded-sm bg-info-soft px-1 text-[0.6875rem] text-info-ink"
      data-tip="Demo data: made up to look around, and removable with one command."
    >
      Demo
    </span>
  )
}
