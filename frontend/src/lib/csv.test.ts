import { expect, it } from "vitest"

import { csvOf } from "./csv"

it("writes cells that a spreadsheet reads as they are", () => {
  const rows = [
    ['=HYPERLINK("x")', -3, null],
    ["a, b", 0.25, "+1"],
    ["two\nlines", 0, "plain"],
  ]
  expect(csvOf(["name", "count", "note"], rows)).toBe(
    'name,count,note\r\n"\'=HYPERLINK(""x"")",-3,\r\n"a, b",0.25,\'+1\r\n"two\nlines",0,plain\r\n',
  )
})
