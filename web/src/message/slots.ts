/**
 * What stands at and around a message beside its text and files. Each part belongs to an area of its own, which puts
 * its component here; a row draws those that are there.
 */

import type { FunctionComponent } from 'preact'
import type { Message, OwnRoom } from '../wire/contract'

/** Where the row is: the room's timeline, a thread's panel, or a list (pins, search, bookmarks) without actions. */
export type RowPlace = 'room' | 'thread' | 'list'

export interface SlotProps {
  room: OwnRoom
  message: Message
  place: RowPlace
}

export interface MessageSlots {
  /** Above the text: what the message answers. */
  above?: FunctionComponent<SlotProps>
  /** In the text's place while the message is being edited, else `children`. */
  text?: FunctionComponent<SlotProps & { children: preact.ComponentChildren }>
  /** Below the text and the files: reactions, the thread that begins here. */
  below?: FunctionComponent<SlotProps>
  /** Over the row's upper corner, while the pointer or the focus is in the row. Also opens by long press and by key. */
  actions?: FunctionComponent<SlotProps>
}

export const slots: MessageSlots = {}
