/** For how long a room or a space keeps messages, and the legal hold on it: for who may say so. */

import { useSignal } from '@preact/signals'
import { useChat } from '../shell/chat_context'
import { Button } from '../ui/Button'
import { confirmed } from '../ui/confirm'
import { Field } from '../ui/Field'
import { typedInto } from '../ui/input'
import { toast, tried } from '../ui/toasts'
import { t as ui } from '../ui/words'
import { countOld, endSentence, type Place, ruleSentence, stricter } from './retention'
import { t as retained } from './retention_words'
import { Select } from './Select'
import { t } from './words'

interface RetentionProps {
  place: Place
  /** The rule that stands: days, 0 for ever; of a room null, when it does as its space says. */
  keepDays: number | null
  /** What the space around a room says. */
  around?: number
  hold: boolean
  /** Whether the rule may be set; a hold is for those who run the server. */
  may: boolean
  onChanged?(): void | Promise<void>
}

const MOST_DAYS = 36_500

export function Retention({ place, keepDays, around, hold, may, onChanged }: RetentionProps) {
  const chat = useChat()
  const inRoom = 'room' in place
  const kind = useSignal(keepDays === null ? 'space' : keepDays > 0 ? 'days' : 'ever')
  const days = useSignal(String(keepDays || 30))
  const saving = useSignal(false)
  const mayHold = chat.store.account.value?.admin === true
  const Heading = inRoom ? 'h3' : 'h2'
  const before = keepDays ?? around ?? 0
  if (!may && !mayHold) return null
  const act = async (work: () => Promise<unknown>) => {
    if (!(await tried(work))) return
    await onChanged?.()
    toast(t('saved'))
  }
  const save = async (event: Event) => {
    event.preventDefault()
    const next = kind.value === 'space' ? null : kind.value === 'ever' ? 0 : Number(days.value)
    const then = next ?? around ?? 0
    let answer: { reason: string | null } | false = { reason: null }
    if (stricter(before, then))
      answer = await confirmed({
        title: retained('rule_title'),
        text: hold
          ? `${ruleSentence(then, null)} ${retained('hold_waits')}`
          : ruleSentence(then, await countOld(chat, place, then)),
        act: retained('rule_act'),
        danger: true,
        reason: true,
      })
    if (answer === false) return
    const { reason } = answer
    saving.value = true
    if ('room' in place)
      await act(() => chat.ask('room.set_retention', { room: place.room, keep_days: next, reason }))
    else await act(() => chat.ask('space.set_retention', { space: place.space, keep_days: then, reason }))
    saving.value = false
  }
  const toggle = async () => {
    const answer = await confirmed({
      title: retained(hold ? 'end_hold' : 'begin_hold'),
      text: hold ? endSentence(before, await countOld(chat, place, before, true)) : retained('begin_text'),
      act: retained(hold ? 'end_hold' : 'begin_hold'),
      danger: hold,
      reason: true,
    })
    if (answer === false) return
    const said = { hold: !hold, ...answer }
    if ('room' in place) await act(() => chat.ask('room.set_hold', { room: place.room, ...said }))
    else await act(() => chat.ask('space.set_hold', { space: place.space, ...said }))
  }
  return (
    <section class="form">
      <Heading>{retained('retention')}</Heading>
      {may && (
        <form class="form" onSubmit={save}>
          <Select
            label={retained('kept')}
            value={kind.value}
            options={[
              ...(inRoom ? [['space', retained('as_space')] as const] : []),
              ['ever', retained('for_ever')],
              ['days', retained('for_days')],
            ]}
            onPick={(value) => {
              kind.value = value
            }}
          />
          {kind.value === 'days' && (
            <Field
              label={retained('days')}
              type="number"
              required
              min={1}
              max={MOST_DAYS}
              step={1}
              {...typedInto(days)}
            />
          )}
          <div class="form-acts">
            <Button type="submit" disabled={saving.value}>
              {ui('save')}
            </Button>
          </div>
        </form>
      )}
      {hold && <p>{retained('hold_stands')}</p>}
      {mayHold && (
        <div class="form-acts manage-acts">
          {/* What it asks counts by the rule that is being saved. */}
          <Button kind={hold ? 'danger' : undefined} disabled={saving.value} onClick={toggle}>
            {retained(hold ? 'end_hold' : 'begin_hold')}
          </Button>
        </div>
      )}
    </section>
  )
}
