import { LANGUAGES, type Language, language, speak } from '../i18n/strings'
import { type Theme, theme, wear } from '../shell/theme'
import { Check } from '../ui/Check'
import { t } from './words'

export function AppearanceTab() {
  return (
    <>
      <fieldset class="form settings-choice">
        <legend>{t('theme')}</legend>
        {(['system', 'light', 'dark'] as Theme[]).map((one) => (
          <Check key={one} type="radio" name="theme" checked={theme.value === one} onChange={() => wear(one)}>
            {t(`theme_${one}`)}
          </Check>
        ))}
      </fieldset>
      <fieldset class="form settings-choice">
        <legend>{t('language')}</legend>
        {(Object.keys(LANGUAGES) as Language[]).map((one) => (
          <Check
            key={one}
            lang={one}
            type="radio"
            name="language"
            checked={language.value === one}
            onChange={() => speak(one)}
          >
            {LANGUAGES[one]}
          </Check>
        ))}
      </fieldset>
    </>
  )
}
