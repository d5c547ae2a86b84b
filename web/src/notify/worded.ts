/** The few words of the service worker, which has no page to ask for the language. */

const ENGLISH = {
  files: 'sent files',
  not_posted: 'A scheduled message was not posted.',
  news: 'wrote a message',
  test: 'Pushes reach this device.',
}

const GERMAN: typeof ENGLISH = {
  files: 'hat Dateien gesendet',
  not_posted: 'Eine geplante Nachricht wurde nicht gesendet.',
  news: 'hat eine Nachricht geschrieben',
  test: 'Push-Nachrichten erreichen dieses Gerät.',
}

export function worded(language: string): typeof ENGLISH {
  return language.toLowerCase().startsWith('de') ? GERMAN : ENGLISH
}
