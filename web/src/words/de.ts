import { de as kit } from 'trumpet-client/ui';
import { words as screens } from '../screens/words/de.ts';
import type { Words } from './en.ts';

export const words: Words = {
  appName: 'Trumpet',
  loading: 'Wird geladen …',
  rooms: 'Räume',
  back: 'Zurück',
  close: 'Schließen',
  details: 'Einzelheiten und mehr',
  copyLink: 'Link kopieren',
  openPanel: 'Über diesen Raum',
  toMessages: 'Zu den Nachrichten springen',
  chooseRoom: 'Wähle einen Raum, oder schreibe jemandem.',
  noSuchPage: 'Unter dieser Adresse gibt es nichts.',
  toInbox: 'Zu deinen Räumen',
  settings: 'Einstellungen',
  explore: 'Räume entdecken',
  search: 'Suchen',
  failed: 'Dieser Teil der Seite ist ausgefallen.',
  tryAgain: 'Noch einmal versuchen',
  language: 'Sprache',
  theme: 'Farben',
  themes: {
    system: 'Wie das System',
    light: 'Hell',
    dark: 'Dunkel',
  },
  people: 'Personen',
  newRoom: 'Neuer Raum',
  you: 'Du und deine Einstellungen',
  newVersion: 'Es gibt eine neue Version dieser Seite.',
  reload: 'Neu laden',
  push: {
    title: 'Benachrichtigungen',
    question: 'Soll dieses Gerät neue Nachrichten melden, wenn die Seite geschlossen ist?',
    turnOn: 'Ja, benachrichtigen',
    notNow: 'Nicht jetzt',
    onThisDevice: 'Auf diesem Gerät benachrichtigen, wenn die Seite geschlossen ist',
    unsupported: 'Dieser Browser oder diese Adresse hat keine Benachrichtigungen.',
    denied:
      'Du hast dem Browser gesagt, dass er von dieser Seite keine Benachrichtigungen zeigen soll. In seinen Einstellungen lässt sich das ändern.',
    failed: 'Das hat nicht geklappt: Der Push-Dienst des Browsers ist nicht zu erreichen.',
  },
  developers: {
    title: 'Für Entwickler',
    graphiql: 'zum Ausprobieren der API',
    documents: 'Dokumente',
  },
  signIn: {
    email: 'E-Mail (für vergessene Passwörter; darf fehlen)',
    refusals: {
      WRONG_CREDENTIALS: 'Der Name oder das Passwort ist falsch.',
      RATE_LIMITED: 'Zu viele Versuche.',
      CONFLICT: 'Dieser Name ist vergeben.',
      BUSY: 'Der Server ist ausgelastet.',
    },
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
  kit,
};
