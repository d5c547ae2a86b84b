/** A TCP proxy before a server, which breaks what goes through it: cut, silent, or not there at all. */

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export class Wire {
  /** Connections that came since the start. */
  count = 0
  private readonly pairs = new Set<readonly [Socket, Socket]>()
  private refusing = false
  private deaf = false

  private constructor(
    private readonly target: () => number,
    private readonly server = createServer(),
  ) {
    this.server.on('connection', (near) => this.join(near))
  }

  static async before(target: () => number): Promise<Wire> {
    const wire = new Wire(target)
    wire.server.listen(0, '127.0.0.1')
    await once(wire.server, 'listening')
    return wire
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/ws`
  }

  /** Ends all connections at once. */
  cut(): void {
    for (const pair of this.pairs) for (const socket of pair) socket.destroy()
    this.pairs.clear()
  }

  /** Cuts, and accepts nobody until `restore`. */
  unplug(): void {
    this.refusing = true
    this.cut()
  }

  /** Bytes of the server no longer arrive, and nobody is told. */
  swallow(): void {
    this.deaf = true
  }

  restore(): void {
    this.refusing = false
    this.deaf = false
  }

  async close(): Promise<void> {
    this.cut()
    this.server.close()
    await once(this.server, 'close')
  }

  private join(near: Socket): void {
    if (this.refusing) {
      near.destroy()
      return
    }
    this.count += 1
    const far = connect(this.target(), '127.0.0.1')
    const pair = [near, far] as const
    this.pairs.add(pair)
    far.on('data', (bytes) => {
      if (!this.deaf) near.write(bytes)
    })
    near.on('data', (bytes) => far.write(bytes))
    for (const socket of pair) {
      socket.on('error', () => undefined)
      socket.on('close', () => {
        this.pairs.delete(pair)
        near.destroy()
        far.destroy()
      })
    }
  }
}
