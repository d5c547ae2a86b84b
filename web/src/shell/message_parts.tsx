/** What stands around messages: each area's part in its place. */

import { OwnState } from '../composer/OwnState'
import { Reactions } from '../message/Reactions'
import { ReplyQuote } from '../message/ReplyQuote'
import { type SlotProps, slots } from '../message/slots'
import { ThreadSummary } from '../message/ThreadSummary'
import { lazy } from './Lazy'

/** Loaded when the pointer or the focus is first in a message. */
const Actions = lazy(
  () => import('../message/Actions'),
  'Actions',
  () => null,
)

export function placeMessageParts(): void {
  slots.above = ReplyQuote
  slots.below = Below
  slots.actions = Actions
}

function Below(props: SlotProps) {
  return (
    <>
      {!props.message.deleted && <Reactions {...props} />}
      <ThreadSummary {...props} />
      {props.place === 'room' && !props.message.deleted && <OwnState {...props} />}
    </>
  )
}
