/** Minutes from midnight as a time field has them, `22:30`, and back. Empty is null. */

export function fromMinutes(minutes: number | null): string {
  if (minutes === null) return ''
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

export function toMinutes(time: string): number | null {
  const found = /^(\d{2}):(\d{2})$/.exec(time)
  return found === null ? null : Number(found[1]) * 60 + Number(found[2])
}
