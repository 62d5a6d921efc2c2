/** Only a path of this application: an address that leads elsewhere is none. */
export function pathOf(link: string): string {
  return /^\/(?![/\\])/.test(link) ? link : "/notifications"
}
