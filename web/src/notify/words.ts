import { strings } from '../i18n/strings'

export const t = strings(
  {
    stranded: 'What you wrote for a room that is gone was not sent.',
    stranded_show: 'Show it',
    not_posted: 'A scheduled message was not posted',
    files: { one: '{count} file', other: '{count} files' },
    title: 'Notifications',
    desktop: 'Notify me on this computer while chatd is open',
    desktop_denied:
      'This browser does not let chatd notify you. Allow it in the settings of the page, beside its address.',
    desktop_missing: 'This browser has no notifications.',
    sound: 'Play a short sound',
    push: 'Notify this device when chatd is closed',
    push_hint: 'Through the push service of your browser, which cannot read it.',
    push_missing:
      'This browser cannot be reached when chatd is closed. On a phone, install chatd first (“Add to Home Screen”). It needs HTTPS.',
    push_failed: 'The push service of this browser does not answer. Try again later.',
    push_try: 'Send a push to try',
    pushed_sent:
      'The push service has it. If nothing appears within a minute, look at the notifications in the settings of this device.',
    pushed_gone: 'The browser has ended its subscription. Switch this off and on again.',
    pushed_not: 'It could not be sent: {reason}. Tell an admin of this server.',
    preview: 'Show the beginning of the message',
    preview_hint: 'On all your devices. Without it, only who wrote and where.',
    try: 'Show one to try',
    tried_title: 'This is how it looks',
    tried_body: 'A click opens the message.',
  },
  {
    stranded: 'Was du für einen Raum geschrieben hast, den es nicht mehr gibt, wurde nicht gesendet.',
    stranded_show: 'Anzeigen',
    not_posted: 'Eine geplante Nachricht wurde nicht gesendet',
    files: { one: '{count} Datei', other: '{count} Dateien' },
    title: 'Benachrichtigungen',
    desktop: 'Auf diesem Computer benachrichtigen, solange chatd offen ist',
    desktop_denied:
      'Dieser Browser lässt chatd nicht benachrichtigen. Erlaube es in den Einstellungen der Seite, neben ihrer Adresse.',
    desktop_missing: 'Dieser Browser kennt keine Benachrichtigungen.',
    sound: 'Einen kurzen Ton spielen',
    push: 'Dieses Gerät benachrichtigen, wenn chatd geschlossen ist',
    push_hint: 'Über den Push-Dienst deines Browsers, der nichts davon lesen kann.',
    push_missing:
      'Dieser Browser ist nicht zu erreichen, wenn chatd geschlossen ist. Auf einem Telefon installiere chatd zuerst („Zum Home-Bildschirm“). Dazu braucht es HTTPS.',
    push_failed: 'Der Push-Dienst dieses Browsers antwortet nicht. Versuche es später noch einmal.',
    push_try: 'Eine Push-Nachricht zur Probe senden',
    pushed_sent:
      'Der Push-Dienst hat sie. Erscheint nach einer Minute nichts, sieh in den Einstellungen dieses Geräts bei den Benachrichtigungen nach.',
    pushed_gone: 'Der Browser hat sein Abonnement beendet. Schalte dies aus und wieder ein.',
    pushed_not: 'Sie konnte nicht gesendet werden: {reason}. Sag es einem Admin dieses Servers.',
    preview: 'Den Anfang der Nachricht zeigen',
    preview_hint: 'Auf allen deinen Geräten. Sonst nur, wer geschrieben hat und wo.',
    try: 'Eine zur Probe zeigen',
    tried_title: 'So sieht es aus',
    tried_body: 'Ein Klick öffnet die Nachricht.',
  },
)
