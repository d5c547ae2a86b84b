/** Edits in progress; apart from what else is composed because only the field, which is loaded late, needs them. */

import { keysOf, store, stored, unstore } from '../shell/storage'
import type { Message } from '../wire/contract'

/**
 * What a message was changed to, and not saved yet. It is written down at every key, for it has to outlive the field
 * and the page; and nowhere else, so that `forget` takes all of it when the account is signed out.
 */
interface Kept {
  readonly message: Message
  readonly text: string
}

export class Edits {
  private readonly prefix: string

  constructor(account: string, room: string, thread: number | null) {
    this.prefix = `chatd.edits.${account}.${room}/${thread ?? ''}/`
  }

  textOf({ seq }: Message): string | null {
    return stored<Kept>(this.prefix + seq)?.text ?? null
  }

  keep(message: Message, text: string): void {
    if (text === message.text) this.drop(message)
    else store(this.prefix + message.seq, { message, text } satisfies Kept)
  }

  drop({ seq }: Message): void {
    unstore(this.prefix + seq)
  }

  /** One that was left without being saved or given up. */
  left(): Message | null {
    const [first] = keysOf(this.prefix)
    return first === undefined ? null : (stored<Kept>(first)?.message ?? null)
  }
}
