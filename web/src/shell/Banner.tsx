/** Says that there is no connection, when the next try comes, and offers to try now; or that there is a new version. */

import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Status } from '../data/link'
import { said } from '../i18n/said'
import { Button } from '../ui/Button'
import { useChat } from './chat_context'
import { newVersion, reload } from './update'
import { t } from './words'
import './banner.css'

/** A connection that is back within this is not worth a word. */
const PATIENCE_MS = 1_500

export function Banner() {
  const chat = useChat()
  const status = chat.status.value
  const away = status.state === 'connecting' || status.state === 'waiting'
  const late = useLate(away)
  if (status.state === 'ended' && status.why === 'broken')
    return (
      <Bar kind="bad" action={t('reload')} onAction={reload}>
        {t('broken', { reason: said({ message: status.reason }) })}
      </Bar>
    )
  // One banner from the first try to the last, so that nothing below it moves while they change.
  if (away && late) return <Away status={status} retry={() => chat.retry()} />
  if (newVersion.value)
    return (
      <Bar kind="news" action={t('reload')} onAction={reload}>
        {t('new_version')}
      </Bar>
    )
  return null
}

interface AwayProps {
  status: Extract<Status, { state: 'connecting' | 'waiting' }>
  retry(): void
}

function Away({ status, retry }: AwayProps) {
  if (status.why === undefined) return <Bar>{t('connecting')}</Bar>
  return (
    <Bar action={t('now')} onAction={retry}>
      {t(status.why)} {t('kept')} {/* The count would be read out every second. */}
      <span aria-live="off">
        {status.state === 'waiting' ? <Countdown until={status.until} /> : t('connecting')}
      </span>
    </Bar>
  )
}

function Countdown({ until }: { until: number }) {
  const now = useSignal(Date.now())
  useEffect(() => {
    now.value = Date.now()
    const timer = setInterval(() => {
      now.value = Date.now()
    }, 250)
    return () => clearInterval(timer)
  }, [until])
  return <>{t('again_in', { count: Math.max(0, Math.ceil((until - now.value) / 1000)) })}</>
}

interface BarProps {
  kind?: 'calm' | 'bad' | 'news'
  action?: string
  onAction?(): void
  children: ComponentChildren
}

function Bar({ kind = 'calm', action, onAction, children }: BarProps) {
  return (
    <div class={`banner banner-${kind}`} role="status">
      <span>{children}</span>
      {action !== undefined && (
        <Button kind="quiet" onClick={onAction}>
          {action}
        </Button>
      )}
    </div>
  )
}

function useLate(waits: boolean): boolean {
  const late = useSignal(false)
  useEffect(() => {
    late.value = false
    if (!waits) return
    const timer = setTimeout(() => {
      late.value = true
    }, PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [waits])
  return waits && late.value
}
