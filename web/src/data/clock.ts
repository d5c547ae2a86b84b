/** The server's time, as far as this machine can tell: its own clock may be off by hours. */

let ahead = 0

/** Unix milliseconds by the server's clock, right within a second or two. */
export function serverNow(): number {
  return Date.now() + ahead
}

/** Takes what the server said: the `Date` of an answer, and how long ago it was asked (milliseconds). Returns by how much
 * the server is ahead of this machine, in milliseconds. */
export function setServerTime(date: string, took: number): number {
  const said = Date.parse(date)
  if (!Number.isNaN(said)) ahead = said + took / 2 - Date.now()
  return ahead
}
