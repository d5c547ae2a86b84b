/** The field itself: text, suggestions, files, keys, and sending. */

import { useSignal } from '@preact/signals'
import { useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { Lost } from '../data/refusal'
import { rootOf } from '../data/timeline'
import { MOST_FILES, trayOf } from '../data/uploads'
import { said } from '../i18n/said'
import { compose, composingIn, stopComposing } from '../message/editing'
import { useChat } from '../shell/chat_context'
import { openDialog } from '../shell/dialog'
import { lazy } from '../shell/Lazy'
import { lasting } from '../text/durations'
import { IconButton } from '../ui/IconButton'
import { toast } from '../ui/toasts'
import type { OwnRoom } from '../wire/contract'
import { AttachmentTray } from './AttachmentTray'
import { type Called, commandIn } from './commands'
import { draftsOf } from './drafts'
import { useFileDrop } from './drop'
import { Edits } from './edits'
import { enterSends } from './enter'
import { FieldBar } from './FieldBar'
import { MARKS } from './FormatBar'
import { continued, type Selection, wrapped } from './markup'
import { SuggestionList } from './SuggestionList'
import type { Suggestion } from './suggest'
import { replaced, type Token } from './token'
import { useSuggestions } from './useSuggestions'
import { t } from './words'

const ScheduleDialog = lazy(
  () => import('./ScheduleDialog'),
  (module) => module.ScheduleDialog,
)
const EmojiPicker = lazy(
  () => import('../emoji/EmojiPicker'),
  (module) => module.EmojiPicker,
)

interface MessageFieldProps {
  room: OwnRoom
  thread: number | null
  /** Whether `@room` and `@here` call anybody. */
  loud: boolean
}

const TYPING_EVERY_MS = 3_000

export function MessageField({ room, thread, loud }: MessageFieldProps) {
  const chat = useChat()
  const drafts = draftsOf(chat)
  const tray = trayOf(room.id, thread)
  const files = chat.uploads.in(tray).value
  const composing = composingIn(room.id, thread)
  const edited = composing?.kind === 'edit' ? composing.message : null
  const field = useRef<HTMLTextAreaElement>(null)
  const listId = useId()
  const edits = useMemo(() => new Edits(chat.me, room.id, thread), [chat, room.id, thread])
  const changed = useSignal('') // the text of a message that is being edited; no draft
  const running = useRef(false) // a command is
  const expiresIn = useSignal<number | null>(null)
  const emojiOpen = useSignal(false)
  const problem = useSignal<string | null>(null)
  const typedAt = useRef(Number.NEGATIVE_INFINITY)
  const text = edited === null ? drafts.of(room.id, thread).value : changed.value
  const left = (chat.store.limits.value?.text ?? 10_000) - [...text].length

  const write = (next: string) => {
    if (edited === null) drafts.write(room.id, thread, next)
    else {
      changed.value = next
      edits.keep(edited, next)
    }
  }
  const select = ({ text: next, start, end }: Selection) => {
    write(next)
    requestAnimationFrame(() => {
      field.current?.focus()
      field.current?.setSelectionRange(start, end)
    })
  }
  const selection = (): Selection => ({
    text,
    start: field.current?.selectionStart ?? text.length,
    end: field.current?.selectionEnd ?? text.length,
  })
  const pick = (word: Token, one: Suggestion) => {
    const { text: next, caret } = replaced(text, word, one.text)
    select({ text: next, start: caret, end: caret })
  }
  const suggestions = useSuggestions(room, loud, pick, write)
  const found = suggestions.found.value

  const tellTyping = (typed: string) => {
    const now = performance.now()
    const silent = edited !== null || thread !== null || typed.trim() === '' || typed.startsWith('/')
    if (silent || now - typedAt.current < TYPING_EVERY_MS) return
    typedAt.current = now
    chat.ask('typing.set', { room: room.id }).catch(() => undefined) // only a sign
  }
  const stop = () => {
    if (edited !== null) edits.drop(edited)
    stopComposing(room.id, thread)
    problem.value = null
  }
  const replyTo = composing?.kind === 'reply' ? composing.message.seq : thread
  const send = () => {
    problem.value = null
    if (left < 0) return
    if (edited !== null) return saveEdit()
    const called = thread === null ? commandIn(text) : null
    if (called !== null) return void run(called)
    if (text.trim() === '' && files.length === 0) return
    post(text.startsWith('//') ? text.slice(1) : text, expiresIn.peek())
  }
  const post = (said: string, expires_in: number | null) => {
    chat.send({ room: room.id, text: said, reply_to: replyTo, expires_in }, tray)
    sent()
  }
  const sent = () => {
    expiresIn.value = null
    typedAt.current = Number.NEGATIVE_INFINITY
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
      if (other === null && field.current !== null) problem.value = why
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
      else post(done.post, done.expiresIn ?? null)
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
  const editing = edited !== null
  const take = useCallback(
    (chosen: Iterable<File>) => {
      if (editing) toast(t('no_files_in_edit'), 'error')
      else if (!chat.uploads.add(tray, chosen)) toast(t('too_many_files', { count: MOST_FILES }), 'error')
      field.current?.focus()
    },
    [tray, editing],
  )
  const dropping = useFileDrop(field, take)
  const editLast = () => {
    const messages = chat.timeline(room.id).messages.peek()
    const last = messages.findLast(
      (one) => one.by === chat.me && !one.deleted && (thread === null || rootOf(messages, one) === thread),
    )
    if (last !== undefined) compose(room.id, thread, { kind: 'edit', message: last })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (found.length > 0 && suggestions.key(event)) return
    const mod = event.ctrlKey || event.metaKey
    const mark =
      mod && !event.shiftKey && !event.altKey && MARKS.find(({ key }) => key === event.key.toLowerCase())
    if (mark) {
      event.preventDefault()
      select(wrapped(selection(), mark.sign))
    } else if (event.key === 'Enter' && !event.altKey) {
      if (mod || event.shiftKey !== enterSends.peek()) {
        event.preventDefault()
        send()
        return
      }
      const next = continued(selection())
      if (next === null) return
      event.preventDefault()
      select(next)
    } else if (event.key === 'ArrowUp' && text === '' && !editing && files.length === 0) {
      event.preventDefault()
      editLast()
    } else if (event.key === 'Escape' && composing !== null) {
      event.preventDefault()
      stop()
    }
  }

  // After a reload only what was written down knows of an edit.
  useLayoutEffect(() => {
    const left = composing === null ? edits.left() : null
    if (left !== null) compose(room.id, thread, { kind: 'edit', message: left })
  }, [])
  // Before the next key can come: what is typed at once must not be overwritten.
  useLayoutEffect(() => {
    if (edited !== null) changed.value = edits.textOf(edited) ?? edited.text ?? ''
    if (composing !== null) field.current?.focus()
  }, [composing])
  useLayoutEffect(() => {
    if (field.current !== null) fit(field.current)
  }, [text])
  useEffect(() => {
    // A thread's only while nobody has gone on from its panel, which took the focus when it was opened.
    const wanted = thread === null || document.activeElement?.matches('.panel')
    if (wanted && matchMedia('(hover: hover)').matches) field.current?.focus({ preventScroll: true })
  }, [])

  const label = t(thread === null ? 'write' : 'write_reply')
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      {dropping.value && <div class="composer-drop">{t('drop_here')}</div>}
      {composing !== null && (
        <div class="composer-about">
          <span>
            {editing
              ? t('editing')
              : t('replying', { name: chat.people.profile(composing.message.by).value?.display_name ?? '…' })}
          </span>
          <IconButton icon="close" label={t('stop')} onClick={stop} />
        </div>
      )}
      {expiresIn.value !== null && (
        <div class="composer-about">
          <span>{t('expiring', { time: lasting(expiresIn.value) })}</span>
          <IconButton
            icon="close"
            label={t('expires_never')}
            onClick={() => {
              expiresIn.value = null
            }}
          />
        </div>
      )}
      {!editing && <AttachmentTray place={tray} />}
      {found.length > 0 && (
        <SuggestionList
          id={listId}
          list={found}
          at={suggestions.at.value}
          space={room.space}
          onPick={suggestions.pick}
        />
      )}
      <textarea
        ref={field}
        class="composer-text"
        dir="auto"
        rows={1}
        aria-label={label}
        placeholder={label}
        aria-autocomplete="list"
        aria-controls={found.length > 0 ? listId : undefined}
        aria-activedescendant={found.length > 0 ? `${listId}-${suggestions.at.value}` : undefined}
        value={text}
        onInput={(event) => {
          problem.value = null
          write(event.currentTarget.value)
          tellTyping(event.currentTarget.value)
          void suggestions.look(event.currentTarget)
        }}
        onKeyDown={onKeyDown}
        onBlur={() => {
          suggestions.close()
          drafts.leave(room.id, thread)
        }}
        onPaste={(event) => {
          const pasted = event.clipboardData
          if (pasted === null || !meansFiles(pasted)) return
          event.preventDefault()
          take(pasted.files)
        }}
      />
      <FieldBar
        editing={editing}
        left={left}
        emojiOpen={emojiOpen}
        selection={selection}
        onSelect={select}
        onFiles={take}
        onLater={() => openLater(text)}
      />
      {emojiOpen.value && (
        <EmojiPicker
          space={room.space}
          onPick={(emoji) => {
            emojiOpen.value = false
            const { start, end } = selection()
            const caret = start + emoji.length
            select({ text: text.slice(0, start) + emoji + text.slice(end), start: caret, end: caret })
          }}
          onClose={() => {
            emojiOpen.value = false
            field.current?.focus()
          }}
        />
      )}
      {problem.value !== null && (
        <p class="composer-problem" role="alert">
          {problem.value}
        </p>
      )}
    </form>
  )
}

/** Programs that copy text give a picture of it too: then the text is meant. Folders give the names of files. */
function meansFiles(pasted: DataTransfer): boolean {
  const names = [...pasted.files].map(({ name }) => name)
  const lines = pasted.getData('text/plain').split(/\r?\n/)
  return names.length > 0 && lines.every((line) => line === '' || names.includes(line))
}

/** As high as its text, where the browser does not do that by itself. */
function fit(field: HTMLTextAreaElement): void {
  if (CSS.supports('field-sizing', 'content')) return
  field.style.blockSize = 'auto'
  field.style.blockSize = `${field.scrollHeight}px`
}
