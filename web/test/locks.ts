/** A browser's Web Locks, for tabs that all live in one process of Node. */

import type { Locks } from '../src/data/tabs'

interface Waiting {
  grant(): void
}

interface Held {
  take(): void
}

export class MemoryLocks implements Locks {
  private readonly held = new Map<string, Held>()
  private readonly queues = new Map<string, Waiting[]>()

  request(
    name: string,
    options: { steal?: boolean; signal?: AbortSignal },
    work: () => Promise<unknown>,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const queue = this.queues.get(name) ?? []
      this.queues.set(name, queue)
      const waiting: Waiting = {
        grant: () => {
          const mine: Held = { take: () => reject(new DOMException('stolen', 'AbortError')) }
          this.held.set(name, mine)
          const done = () => {
            if (this.held.get(name) !== mine) return
            this.held.delete(name)
            queue.shift()?.grant()
          }
          Promise.resolve(work()).then(
            (value) => {
              resolve(value)
              done()
            },
            (error) => {
              reject(error)
              done()
            },
          )
        },
      }
      if (options.steal) {
        this.held.get(name)?.take()
        waiting.grant()
      } else if (this.held.has(name)) queue.push(waiting)
      else waiting.grant()
      options.signal?.addEventListener('abort', () => {
        const at = queue.indexOf(waiting)
        if (at < 0) return
        queue.splice(at, 1)
        reject(new DOMException('no longer wanted', 'AbortError'))
      })
    })
  }
}
