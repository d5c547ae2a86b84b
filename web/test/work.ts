/** How long something takes, whoever else is at work on the machine. */

/** Begins to count the milliseconds that this process works: at most those on the wall. */
export function work(): () => number {
  const begun = performance.now()
  const before = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(before)
    return Math.min((user + system) / 1000, performance.now() - begun)
  }
}
