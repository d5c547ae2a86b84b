/** Messages that were reported, with what stood around them, and what was decided. */

import { useSignal } from '@preact/signals'
import { useChat } from '../shell/chat_context'
import { roomLink } from '../shell/route'
import { dateTime } from '../text/dates'
import { Button } from '../ui/Button'
import { confirmed } from '../ui/confirm'
import { PageEnd } from '../ui/PageEnd'
import { usePages } from '../ui/pages'
import { tried } from '../ui/toasts'
import type { Message, Report } from '../wire/contract'
import { Person } from './Person'
import { t } from './words'

/** `space` null: reports from direct rooms, for operators. */
export function Reports({ space }: { space: string | null }) {
  const chat = useChat()
  const openOnly = useSignal(true)
  const pages = usePages(
    async (after) => {
      const { reports, next } = await chat.ask('report.list', { space, open: openOnly.value, after })
      return { items: reports, next }
    },
    [space, openOnly.value],
  )
  return (
    <>
      <div>
        <Button
          aria-pressed={!openOnly.value}
          onClick={() => {
            openOnly.value = !openOnly.value
          }}
        >
          {openOnly.value ? t('show_resolved') : t('show_open')}
        </Button>
      </div>
      <ul class="rows">
        {pages.items.value.map((report) => (
          <ReportRow key={report.id} report={report} onDone={pages.reload} />
        ))}
      </ul>
      <PageEnd pages={pages} empty={t('no_reports')} />
    </>
  )
}

function ReportRow({ report, onDone }: { report: Report; onDone(): void }) {
  const chat = useChat()
  const context = useSignal<readonly Message[] | null>(null)
  const look = () =>
    tried(async () => {
      context.value = (await chat.ask('report.context', { report: report.id })).messages
    })
  const resolve = async () => {
    const answer = await confirmed({
      title: t('resolve'),
      text: t('resolve_text'),
      act: t('resolve'),
      reason: true,
    })
    if (answer && (await tried(() => chat.ask('report.resolve', { report: report.id, ...answer })))) onDone()
  }
  const remove = async () => {
    const answer = await confirmed({
      title: t('delete_message'),
      text: t('delete_message_text'),
      act: t('delete'),
      danger: true,
      reason: true,
    })
    const { room, seq } = report
    if (answer && (await tried(() => chat.ask('message.delete', { room, seq, ...answer })))) onDone()
  }
  return (
    <li class="row row-tall">
      <div class="row-about">
        <p>
          <Person account={report.by} /> {t('reported_at', { when: dateTime(report.at) })}
        </p>
        {report.reason && <p>{report.reason}</p>}
        <blockquote class="quote">
          {report.message && <Person account={report.message.by} />}
          <p dir="auto">{report.text ?? report.message?.text ?? t('text_gone')}</p>
        </blockquote>
        {context.value?.map((message) => (
          <div key={message.seq} class={message.seq === report.seq ? 'context context-here' : 'context'}>
            <Person account={message.by} /> <span dir="auto">{message.text ?? t('text_gone')}</span>
          </div>
        ))}
        {report.resolved_at !== null && (
          <p class="row-note">
            {t('resolved', { when: dateTime(report.resolved_at) })}
            {report.resolution && ` · ${report.resolution}`}
          </p>
        )}
        <div class="form-acts">
          <a class="button button-quiet" href={roomLink(report.room, report.seq)}>
            {t('go_there')}
          </a>
          {context.value === null && <Button onClick={look}>{t('context')}</Button>}
          {report.resolved_at === null && (
            <>
              {report.message?.deleted === false && (
                <Button kind="danger" onClick={remove}>
                  {t('delete_message')}
                </Button>
              )}
              <Button kind="primary" onClick={resolve}>
                {t('resolve')}
              </Button>
            </>
          )}
        </div>
      </div>
    </li>
  )
}
