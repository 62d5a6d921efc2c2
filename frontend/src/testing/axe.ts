import axe from "axe-core"

/** What axe finds in the page. Colours and sizes need a layout: those are looked at in a real browser. */
export async function violations(): Promise<string[]> {
  const found = await axe.run(document.body, { resultTypes: ["violations"], rules: { "color-contrast": { enabled: false }, "target-size": { enabled: false } } })
  return found.violations.map((one) => `${one.id}: ${one.nodes[0]?.html ?? ""}`)
}
