/** How the server is, looked at anew while it is on the screen. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { language } from '../i18n/strings'
import { useChat } from '../shell/chat_context'
import { dateAndClock } from '../text/dates'
import { size } from '../text/sizes'
import { Field } from '../ui/Field'
import { Submit } from '../ui/Submit'
import { tried } from '../ui/toasts'
import { useForm } from '../ui/useForm'
import { t as ui } from '../ui/words'
import type { ServerStatus, ServerTop } from '../wire/contract'
import { t } from './words'

const EVERY_MS = 5_000
/** A large database takes a while to read. */
const CHECK_MS = 300_000

export function HealthTab() {
  const chat = useChat()
  const status = useSignal<ServerStatus | null>(null)
  const top = useSignal<ServerTop | null>(null)
  const live = chat.live.value
  useEffect(() => {
    if (!live) return
    const look = async () => {
      if (document.visibilityState !== 'visible' || chat.status.peek().state !== 'open') return
      const [one, two] = await Promise.all([chat.ask('server.status', {}), chat.ask('server.top', {})])
      status.value = one
      top.value = two
    }
    void tried(look)
    // What fails later is said by the banner.
    const timer = setInterval(() => void look().catch(() => undefined), EVERY_MS)
    return () => clearInterval(timer)
  }, [live])
  if (status.value === null || top.value === null) return <p aria-busy="true">{ui('loading')}</p>
  const { value } = status
  const { commits, loop_lag_ms } = top.value
  const facts: [string, string | number][] = [
    [t('version'), value.version],
    [t('since'), dateAndClock(value.started_at)],
    [t('accounts'), value.accounts],
    [t('spaces'), value.spaces],
    [t('rooms'), value.rooms],
    [t('files'), t('files_of', { count: value.files, size: size(value.file_bytes) })],
    [t('connections'), value.connections],
    [t('memory'), size(value.memory)],
    [t('database'), `${size(value.database)} + ${size(value.wal)}`],
    [t('data'), value.data],
    [t('commit'), milliseconds(commits.mean_ms)],
    [t('lag'), milliseconds(loop_lag_ms)],
    [t('refused'), Object.values(value.refused).reduce((sum, count) => sum + (count ?? 0), 0)],
  ]
  return (
    <>
      <h2>{value.ready && value.problems.length === 0 ? t('well') : t('not_well')}</h2>
      {value.problems.map((problem) => (
        <p key={problem} class="form-problem" role="alert">
          {problem}
        </p>
      ))}
      <dl class="facts">
        {facts.map(([name, fact]) => [
          <dt key={name}>{name}</dt>,
          <dd key={`${name}=`}>{typeof fact === 'number' ? fact.toLocaleString(language.value) : fact}</dd>,
        ])}
      </dl>
      <Check />
      <Backup />
      <p>
        <a href="/monitor">{t('monitor')}</a> · <a href="/api/docs">{t('api')}</a>
      </p>
    </>
  )
}

function milliseconds(ms: number): string {
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 }
  return ms.toLocaleString(language.value, { style: 'unit', unit: 'millisecond', ...digits })
}

function Check() {
  const chat = useChat()
  const form = useForm({})
  const said = useSignal<readonly string[] | null>(null)
  const check = async () => {
    said.value = null
    const { ok, findings } = await chat.ask('server.check', {}, CHECK_MS)
    said.value = ok && findings.length === 0 ? [t('check_good')] : findings
  }
  return (
    <form class="form" onSubmit={form.submit(check)}>
      <h2>{t('check')}</h2>
      <p>{t('check_text')}</p>
      <div aria-live="polite">
        {said.value?.map((finding) => (
          <p key={finding}>{finding}</p>
        ))}
      </div>
      {form.problem.value !== null && <p class="form-problem">{form.problem.value}</p>}
      <div>
        <Submit form={form} act={t('check_now')} />
      </div>
    </form>
  )
}

function Backup() {
  const chat = useChat()
  const form = useForm({ path: '' })
  const made = useSignal<string | null>(null)
  const backup = async () => {
    made.value = null
    const { path, bytes } = await chat.ask('backup.create', { path: form.values.path.value }, CHECK_MS)
    made.value = t('backup_made', { path, size: size(bytes) })
    form.values.path.value = ''
  }
  return (
    <form class="form" onSubmit={form.submit(backup)}>
      <h2>{t('backup')}</h2>
      <Field
        label={t('backup_path')}
        hint={t('backup_hint')}
        required
        autocomplete="off"
        problem={form.problem.value}
        {...form.input('path')}
      />
      {made.value !== null && <p role="status">{made.value}</p>}
      <div>
        <Submit form={form} act={t('backup_now')} />
      </div>
    </form>
  )
}
