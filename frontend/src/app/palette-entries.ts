/** Something that can be found by its name and done. */
export interface Entry<Icon> {
  key: string
  label: string
  note: string
  icon: Icon
  run: () => void
}

const MOST = 30

/** The entries that hold every word, those whose name begins with the text first, else in their own order. */
export function found<Icon>(entries: readonly Entry<Icon>[], text: string): Entry<Icon>[] {
  const wanted = text.trim().toLowerCase()
  const words = wanted.split(/\s+/)
  const holds = (entry: Entry<Icon>) => {
    const haystack = `${entry.label}\n${entry.note}`.toLowerCase()
    return words.every((word) => haystack.includes(word))
  }
  const begins = (entry: Entry<Icon>) => (entry.label.toLowerCase().startsWith(wanted) ? 0 : 1)
  return entries.filter(holds).sort((a, b) => begins(a) - begins(b)).slice(0, MOST)
}
