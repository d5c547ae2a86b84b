/**
 * What is being written in one place: a message, an answer, or the new text of an older message; and how it is sent,
 * saved, carried out as a command, or put off.
 */

import { useSignal } from '@preact/signals'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { Lost } from '../data/refusal'
import { MOST_FILES, trayOf } from '../data/uploads'
import { said } from '../i18n/said'
import { compose, composingIn, stopComposing } from '../message/editing'
import { useChat } from '../shell/chat_context'
import { openDialog } from '../shell/dialog'
import { lazy } from '../shell/Lazy'
import { toast } from '../ui/toasts'
import type { OwnRoom } from '../wire/contract'
import { type Called, commandIn } from './commands'
import { draftsOf } from './drafts'
import { Edits } from './edits'
import { expiryIn } from './expiry'
import { newestOwn } from './newest_own'
import { literally } from './slash'
import { useTypingSignal } from './useTypingSignal'
import { t } from './words'

const ScheduleDialog = lazy(() => import('./ScheduleDialog'), 'ScheduleDialog')

/** `thread`: the `seq` of the message that began it, null for the room itself. */
export function useWriting(room: OwnRoom, thread: number | null) {
  const chat = useChat()
  const drafts = draftsOf(chat)
  const tray = trayOf(room.id, thread)
  const files = chat.uploads.in(tray).value
  const composing = composingIn(room.id, thread)
  const edited = composing?.kind === 'edit' ? composing.message : null
  const editing = edited !== null
  const edits = useMemo(() => new Edits(chat.me, room.id, thread), [chat, room.id, thread])
  const changed = useSignal('') // the text of a message that is being edited; no draft
  const running = useRef(false) // a command is
  const looking = useRef(false) // for the message to edit
  const here = useRef(true) // there is still a field
  const expiresIn = expiryIn(chat, room.id, thread)
  const problem = useSignal<string | null>(null)
  const typing = useTypingSignal(room.id)
  const text = edited === null ? drafts.of(room.id, thread).value : changed.value
  const left = (chat.store.limits.value?.text ?? 10_000) - [...text].length

  const write = (next: string) => {
    if (edited === null) drafts.write(room.id, thread, next)
    else {
      changed.value = next
      edits.keep(edited, next)
    }
  }
  const tellTyping = (typed: string) => {
    const silent = edited !== null || thread !== null || typed.trim() === '' || typed.startsWith('/')
    if (!silent) typing.send()
  }
  const stop = () => {
    if (edited !== null) edits.drop(edited)
    stopComposing(room.id, thread)
    problem.value = null
  }
  const replyTo = composing?.kind === 'reply' ? composing.message.seq : thread
  /** In a thread there are no commands. */
  const meant = () => (thread === null ? literally(text) : text)
  const send = () => {
    problem.value = null
    if (left < 0) return
    if (edited !== null) return saveEdit()
    const called = thread === null ? commandIn(text) : null
    if (called !== null) return void run(called)
    if (text.trim() === '' && files.length === 0) return
    post(meant(), expiresIn.peek())
  }
  const post = (said: string, expires_in: number | null) => {
    chat.send({ room: room.id, text: said, reply_to: replyTo, expires_in }, tray)
    sent()
  }
  const sent = () => {
    expiresIn.value = null
    typing.rest()
    clear()
    // Nor is an edit or an answer stopped that was begun meanwhile.
    if (composingIn(room.id, thread) === composing) stop()
  }
  /** What was typed since this was called or asked for is not part of it, and stays. */
  const clear = () => {
    if (drafts.of(room.id, thread).peek() === text) drafts.write(room.id, thread, '')
  }
  const saveEdit = () => {
    const message = edited
    if (message === null || (text.trim() === '' && message.attachments.length === 0)) return
    stop()
    if (text === message.text) return
    chat.edit(room.id, message, text).catch((error: Error) => {
      const why = error instanceof Lost ? t('no_connection') : said(error)
      const other = composingIn(room.id, thread)
      // What was typed is not lost: the message is being edited again, with it. What was begun meanwhile goes first.
      if (edits.textOf(message) === null) edits.keep(message, text)
      if (other === null) compose(room.id, thread, { kind: 'edit', message })
      if (other === null && here.current) problem.value = why
      else toast(why, 'error') // this field is gone, or about something else
    })
  }
  const run = async ({ name, command, rest }: Called) => {
    if (running.current) return // Enter, pressed again because nothing was seen to happen
    running.current = true
    try {
      if (command === undefined) throw new Error(t('no_command', { name }))
      const done = await command.run(chat, room, rest)
      if (done === undefined) clear()
      else if ('later' in done) openLater(done.later)
      else post(done.post, done.expiresIn ?? expiresIn.peek())
    } catch (error) {
      problem.value = said(error as Error)
    } finally {
      running.current = false
    }
  }
  const openLater = (said: string) =>
    openDialog(
      <ScheduleDialog
        room={room}
        text={said}
        replyTo={replyTo}
        tray={tray}
        expiresIn={expiresIn.peek()}
        onExpire={(seconds) => {
          expiresIn.value = seconds
        }}
        onScheduled={() => {
          chat.uploads.clear(tray)
          sent()
        }}
      />,
    )
  const take = useCallback(
    (chosen: Iterable<File>) => {
      if (editing) toast(t('no_files_in_edit'), 'error')
      else if (!chat.uploads.add(tray, chosen)) toast(t('too_many_files', { count: MOST_FILES }), 'error')
    },
    [tray, editing],
  )
  const editLast = async () => {
    if (looking.current) return // the key is held down
    looking.current = true
    try {
      const last = await newestOwn(chat, room.id, thread)
      // Whoever has begun something else meanwhile goes on with it.
      const idle = here.current && drafts.of(room.id, thread).peek() === '' && !composingIn(room.id, thread)
      if (last !== null && idle) compose(room.id, thread, { kind: 'edit', message: last })
    } catch (error) {
      toast(error instanceof Lost ? t('no_connection') : said(error as Error), 'error')
    } finally {
      looking.current = false
    }
  }

  // After a reload only what was written down knows of an edit or an answer.
  useLayoutEffect(() => {
    const left = composing === null ? edits.left() : null
    if (left !== null) compose(room.id, thread, left)
  }, [])
  useLayoutEffect(() => edits.answer(composing?.kind === 'reply' ? composing.message : null), [composing])
  // Before the next key can come: what is typed at once must not be overwritten.
  useLayoutEffect(() => {
    if (edited !== null) changed.value = edits.textOf(edited) ?? edited.text ?? ''
  }, [composing])
  useEffect(
    () => () => {
      here.current = false
    },
    [],
  )

  return {
    text,
    /** Characters that may still be written. */
    left,
    /** What it is about beside a new message. */
    composing,
    editing,
    /** Where the files are gathered that go with it. */
    tray,
    empty: text === '' && !editing && files.length === 0,
    /** Seconds after which the message is to go; null: it stays. */
    expiresIn,
    problem,
    write,
    tellTyping,
    send,
    stop,
    take,
    editLast,
    openLater: () => openLater(meant()),
    /** Nobody writes on for now. */
    leave: () => drafts.leave(room.id, thread),
  }
}
