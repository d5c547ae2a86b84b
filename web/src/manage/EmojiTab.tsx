import { useSignal } from '@preact/signals'
import { holds } from '../data/rights'
import { useChat } from '../shell/chat_context'
import { uploadFile } from '../shell/uploading'
import { Button } from '../ui/Button'
import { confirmed } from '../ui/confirm'
import { Field } from '../ui/Field'
import { eventsOf } from '../ui/following'
import { PageEnd } from '../ui/PageEnd'
import { usePages } from '../ui/pages'
import { Submit } from '../ui/Submit'
import { toast, tried } from '../ui/toasts'
import { useForm } from '../ui/useForm'
import { Person } from './Person'
import type { TabProps } from './SpaceScreen'
import { t } from './words'

export function EmojiTab({ space }: TabProps) {
  const chat = useChat()
  const form = useForm({ name: '' })
  const { name } = form.values
  const file = useSignal<File | null>(null)
  const may = holds(space.role, 'emoji.manage')
  const pages = usePages(
    async () => ({ items: (await chat.ask('emoji.list', { space: space.id })).emoji, next: null }),
    [space.id],
    { concerns: eventsOf(`space/${space.id}`, 'emoji.') },
  )
  const add = async () => {
    if (file.value === null) return
    const { id: image } = await uploadFile(chat, file.value)
    await chat.ask('emoji.add', { space: space.id, name: name.value, image })
    toast(t('done'))
    name.value = ''
    file.value = null
    pages.reload()
  }
  const remove = async (emoji: string) => {
    const answer = await confirmed({
      title: t('remove_emoji'),
      text: t('remove_emoji_text', { name: emoji }),
      act: t('remove'),
      danger: true,
    })
    if (answer && (await tried(() => chat.ask('emoji.remove', { space: space.id, name: emoji }))))
      pages.reload()
  }
  return (
    <>
      {may && (
        <form class="form manage-inline" onSubmit={form.submit(add)}>
          <Field
            label={t('emoji_name')}
            hint={t('emoji_name_hint')}
            required
            pattern="[a-z0-9_+\-]{2,32}"
            problem={form.problem.value}
            {...form.input('name')}
          />
          <Field
            label={t('emoji_image')}
            type="file"
            accept="image/png,image/gif,image/webp,image/jpeg"
            onChange={(event) => {
              file.value = event.currentTarget.files?.[0] ?? null
            }}
          />
          <div>
            <Submit
              form={form}
              kind="primary"
              disabled={file.value === null || name.value === ''}
              act={t('add')}
            />
          </div>
        </form>
      )}
      <ul class="rows">
        {pages.items.value.map((emoji) => (
          <li key={emoji.name} class="row">
            <div class="row-about">
              <code>:{emoji.name}:</code> <Person account={emoji.by} />
            </div>
            {may && (
              <Button kind="danger" onClick={() => remove(emoji.name)}>
                {t('remove')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <PageEnd pages={pages} empty={t('no_emoji')} />
    </>
  )
}
