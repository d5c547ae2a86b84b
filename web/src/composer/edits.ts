/**
 * Edits and answers in progress, over reloads; apart from what else is composed because only the field, which is loaded
 * late, needs them.
 */

import type { Answered, Composing } from '../message/editing'
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
  private readonly answered: string

  constructor(account: string, room: string, thread: number | null) {
    const place = `${account}.${room}/${thread ?? ''}`
    this.prefix = `chatd.edits.${place}/`
    this.answered = `chatd.answered.${place}`
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

  /** The message that is being answered, if one is: without it an answer would be posted as no answer. */
  answer(message: Answered | null): void {
    if (message === null) unstore(this.answered)
    else store(this.answered, { seq: message.seq, by: message.by } satisfies Answered)
  }

  /** What was left without being sent, saved or given up. */
  left(): Composing | null {
    const [first] = keysOf(this.prefix)
    const edited = first === undefined ? undefined : stored<Kept>(first)?.message
    if (edited !== undefined) return { kind: 'edit', message: edited }
    const message = stored<Answered>(this.answered)
    return message && { kind: 'reply', message }
  }
}
