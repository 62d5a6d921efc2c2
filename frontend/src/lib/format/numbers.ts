/** What is shown for a value that is not known: never 0. */
export const UNKNOWN = "—"

const exactNumber = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 })
const compactNumber = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 })
const roundedNumber = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 })

/** 1234567 → "1,234,567". */
export function exact(value: number | null | undefined): string {
  return value == null ? UNKNOWN : exactNumber.format(value)
}

/** 1234567 → "1.2 M"; below a thousand the number itself. */
export function compact(value: number | null | undefined): string {
  if (value == null) return UNKNOWN
  return spaced(compactNumber.format(value))
}

/** As `compact`, in three digits where room is short: 170400 → "170 k", 1048576 → "1.05 M". */
export function rounded(value: number | null | undefined): string {
  return value == null ? UNKNOWN : spaced(roundedNumber.format(value))
}

/** US dollars: cents from a dollar on, four decimals below a cent so that small costs do not read as nothing. */
export function money(usd: number | null | undefined): string {
  if (usd == null) return UNKNOWN
  if (usd !== 0 && Math.abs(usd) < 0.01) return `$${usd.toFixed(4)}`
  return `$${usd.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`
}

/** All six decimals that the server keeps. */
export function exactMoney(usd: number | null | undefined): string {
  return usd == null ? UNKNOWN : `$${usd.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 6 })}`
}

/** A share of 0…1 or more as whole percent, or null when either part is unknown. */
export function percent(part: number | null | undefined, whole: number | null | undefined): number | null {
  return part == null || whole == null || whole <= 0 ? null : Math.round((part / whole) * 100)
}

/** 1 file, 2 files. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${exact(count)} ${count === 1 ? one : many}`
}

function spaced(text: string): string {
  return text.replace(/([KMBT])$/, " $1").replace(" K", " k")
}
