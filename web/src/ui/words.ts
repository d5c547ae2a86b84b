import { strings } from '../i18n/strings'

export const t = strings(
  {
    close: 'Close',
    cancel: 'Cancel',
    save: 'Save',
    loading: 'Loading …',
    again: 'Try again',
    more: 'More',
    not_loaded: 'This part could not be loaded.',
    copy: 'Copy',
    copied: 'Copied.',
    not_copied: 'It could not be copied. Select it and copy it by hand.',
    reason: 'Reason',
    reason_hint: 'It is kept with what you do; members with the right to the audit can read it.',
    type_name: 'Type {name} to go on',
  },
  {
    close: 'Schließen',
    cancel: 'Abbrechen',
    save: 'Speichern',
    loading: 'Wird geladen …',
    again: 'Noch einmal versuchen',
    more: 'Mehr',
    not_loaded: 'Dieser Teil konnte nicht geladen werden.',
    copy: 'Kopieren',
    copied: 'Kopiert.',
    not_copied: 'Es ließ sich nicht kopieren. Markiere es und kopiere es von Hand.',
    reason: 'Grund',
    reason_hint: 'Er wird mit der Handlung aufgehoben; wer das Protokoll lesen darf, sieht ihn.',
    type_name: 'Tippe {name}, um fortzufahren',
  },
)
