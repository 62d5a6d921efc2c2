/** By the ending of the name. */
export const FILE_TYPES = { md: "text/markdown", json: "application/json", csv: "text/csv" } as const

/** Hands a text, or what was fetched, to the browser's downloads. */
export function saveFile(name: string, type: string, content: BlobPart): void {
  const address = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement("a")
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}
