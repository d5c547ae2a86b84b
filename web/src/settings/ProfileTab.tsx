import { useRef } from 'preact/hooks'
import { useChat } from '../shell/chat_context'
import { uploadFile } from '../shell/uploading'
import { Avatar } from '../ui/Avatar'
import { Button } from '../ui/Button'
import { Field } from '../ui/Field'
import { FormProblem } from '../ui/FormProblem'
import { Submit } from '../ui/Submit'
import { toast, tried } from '../ui/toasts'
import { useForm } from '../ui/useForm'
import { t as ui } from '../ui/words'
import { t } from './words'
import './settings.css'

export function ProfileTab() {
  const chat = useChat()
  const account = chat.store.account.value
  const picker = useRef<HTMLInputElement>(null)
  const form = useForm({ display_name: account?.display_name ?? '', about: account?.about ?? '' })
  if (account === null) return null
  const save = async () => {
    await chat.ask('account.update', form.changes())
    toast(t('saved'))
  }
  const takePicture = (file: File | undefined) => {
    if (file === undefined) return
    void tried(async () => {
      const { id } = await uploadFile(chat, file)
      await chat.ask('account.update', { avatar: id })
    })
  }
  return (
    <>
      <div class="settings-face">
        <Avatar profile={chat.people.profile(account.id).value} id={account.id} size={96} />
        <div class="form-acts">
          <Button onClick={() => picker.current?.click()}>{t('choose_picture')}</Button>
          {account.avatar && (
            <Button kind="quiet" onClick={() => tried(() => chat.ask('account.update', { avatar: '' }))}>
              {t('no_picture')}
            </Button>
          )}
        </div>
        <input
          ref={picker}
          class="unseen"
          type="file"
          accept="image/png,image/jpeg,image/gif,image/webp,image/avif"
          tabIndex={-1}
          aria-hidden="true"
          onChange={(event) => takePicture(event.currentTarget.files?.[0])}
        />
      </div>
      <form class="form" onSubmit={form.submit(save)}>
        <Field label={t('display_name')} maxLength={80} required {...form.input('display_name')} />
        <Field label={t('about')} rows={3} hint={t('about_hint')} {...form.input('about')} />
        <FormProblem problem={form.problem} />
        <div>
          <Submit form={form} kind="primary" act={ui('save')} />
        </div>
      </form>
    </>
  )
}
