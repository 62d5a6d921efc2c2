import type { ChangedFile } from "@/api/types"

export interface Changes {
  files: number
  added: number
  removed: number
  /** Files of which the tool recorded no lines: the sums hold none of theirs. */
  uncounted: number
}

export function sumOfChanges(files: readonly ChangedFile[]): Changes {
  return files.reduce(
    (sum, file) => ({
      files: sum.files + 1,
      added: sum.added + (file.added ?? 0),
      removed: sum.removed + (file.removed ?? 0),
      uncounted: sum.uncounted + (file.added === null || file.removed === null ? 1 : 0),
    }),
    { files: 0, added: 0, removed: 0, uncounted: 0 },
  )
}

const BLOCKS = 5

/** A file's change as five blocks: how many for what came, how many for what went. At least one of what is not nothing. */
export function blocksOf(file: ChangedFile): { added: number; removed: number } {
  const [added, removed] = [file.added ?? 0, file.removed ?? 0]
  if (added + removed === 0) return { added: 0, removed: 0 }
  const share = Math.round((added / (added + removed)) * BLOCKS)
  const kept = Math.min(removed > 0 ? BLOCKS - 1 : BLOCKS, Math.max(added > 0 ? 1 : 0, share))
  return { added: kept, removed: BLOCKS - kept }
}
