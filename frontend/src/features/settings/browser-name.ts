// In this order: most browsers name others before themselves.
const BROWSERS = [
  [/Edg(?:A|iOS)?\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\/|FxiOS\//, "Firefox"],
  [/Chrome\/|CriOS\//, "Chrome"],
  [/Safari\//, "Safari"],
] as const

const SYSTEMS = [
  [/iPhone|iPad/, "iOS"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X|Macintosh/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
] as const

/** What a browser calls itself, in words a person knows: "Firefox on Windows". Anything else as it stands. */
export function browserName(label: string): { name: string; mobile: boolean } {
  const browser = BROWSERS.find(([sign]) => sign.test(label))?.[1]
  const system = SYSTEMS.find(([sign]) => sign.test(label))?.[1]
  const name = browser && system ? `${browser} on ${system}` : (browser ?? system ?? (label.slice(0, 60) || "Unknown browser"))
  return { name, mobile: system === "iOS" || system === "Android" }
}
