import { words as screens } from '../screens/words/de.ts';
import type { Words } from './en.ts';

export const words: Words = {
  appName: 'Trumpet',
  loading: 'Wird geladen …',
  rooms: 'Räume',
  back: 'Zurück',
  close: 'Schließen',
  send: 'Senden',
  chooseRoom: 'Wähle einen Raum, oder schreibe jemandem.',
  noSuchPage: 'Unter dieser Adresse gibt es nichts.',
  toInbox: 'Zu deinen Räumen',
  settings: 'Einstellungen',
  explore: 'Räume entdecken',
  search: 'Suchen',
  failed: 'Dieser Teil der Seite ist ausgefallen.',
  tryAgain: 'Noch einmal versuchen',
  signIn: {
    title: 'Anmelden',
    asSample: 'Als eine der Beispielpersonen anmelden',
    withPassword: 'Mit Name und Passwort',
    username: 'Benutzername',
    password: 'Passwort',
    displayName: 'Angezeigt als',
    submit: 'Anmelden',
    signUp: 'Konto anlegen',
    toSignUp: 'Neu hier? Konto anlegen',
    toSignIn: 'Du hast ein Konto? Anmelden',
    retryIn: (seconds) =>
      seconds === 1
        ? 'Versuche es in 1 Sekunde noch einmal.'
        : `Versuche es in ${seconds} Sekunden noch einmal.`,
    unreachable: 'Der Server ist nicht zu erreichen.',
  },
  screens,
};
