import { en as kit } from 'trumpet-client/ui';
import { words as screens } from '../screens/words/en.ts';

/** What the shell of the page says, in English. The other languages have the same. */
const shell = {
  appName: 'Trumpet',
  loading: 'Loading…',
  rooms: 'Rooms',
  back: 'Back',
  close: 'Close',
  details: 'Details and more',
  copyLink: 'Copy link',
  openPanel: 'About this room',
  toMessages: 'Skip to the messages',
  chooseRoom: 'Choose a room, or write to somebody.',
  noSuchPage: 'There is nothing at this address.',
  toInbox: 'To your rooms',
  settings: 'Settings',
  explore: 'Explore rooms',
  search: 'Search',
  failed: 'This part of the page has failed.',
  tryAgain: 'Try again',
  language: 'Language',
  theme: 'Theme',
  themes: {
    system: 'As the system',
    light: 'Light',
    dark: 'Dark',
  },
  people: 'People',
  newRoom: 'New room',
  you: 'You and your settings',
  notKept:
    'This browser keeps nothing here. What you write is sent, and gone from this device when the page is closed.',
  newVersion: 'There is a new version of this page.',
  reload: 'Reload',
  push: {
    title: 'Notifications',
    question: 'Shall this device tell you of new messages when the page is closed?',
    turnOn: 'Yes, notify me',
    notNow: 'Not now',
    onThisDevice: 'Notify me on this device when the page is closed',
    unsupported: 'This browser, or this address, has no notifications.',
    denied:
      'You have told the browser not to show notifications of this page. Its settings can change that.',
    failed: 'That has not worked: the browser’s push service cannot be reached.',
  },
  developers: {
    title: 'For developers',
    graphiql: 'to try the API',
    documents: 'Documents',
  },
  mailed: {
    refusals: {
      NOT_FOUND: 'This code is wrong, too old, or has been used.',
      BAD_INPUT: 'This password cannot be used.',
    },
    forgotten: 'Forgotten your password?',
    email: 'E-mail address',
    askText: 'We send a code to the address that you have confirmed here.',
    askForMail: 'Send me a mail',
    toSignIn: 'To the sign-in',
    newPassword: 'New password',
    onItsWay:
      'If this address is known here and confirmed, a mail is on its way. It has a link and a code.',
    code: 'Code of the mail',
    setPassword: 'Set the password',
    isReset: 'Your password is set. You were signed out everywhere.',
    verify: 'Yes, this is my address',
    verifyText: 'A mail brought you here. Is its address yours?',
    isVerified: 'Thank you: the address is confirmed.',
    toChat: 'To the chat',
  },
  signIn: {
    email: 'E-mail (for lost passwords; may be left out)',
    forgotten: 'Forgotten your password?',
    elsewhere: 'Sign in where you have your account: there are no passwords here.',
    invitedOnly: 'Creating an account needs an invitation: open its link.',
    refusals: {
      WRONG_CREDENTIALS: 'The name or the password is wrong.',
      RATE_LIMITED: 'Too many attempts.',
      CONFLICT: 'This name is taken.',
      NOT_FOUND: 'This invitation has expired or has been used up.',
      BUSY: 'The server is busy.',
    },
    withProvider: 'Sign in with a provider',
    signInWith: (label: string) => `Sign in with ${label}`,
    stillSignedIn: (label: string) => `You are still signed in with ${label}.`,
    signOutThere: 'Sign out there too',
    refusedElsewhere: {
      UNAUTHENTICATED: 'You were not signed in there. Try again.',
      FORBIDDEN: 'This account is suspended.',
      BUSY: 'It cannot be reached at the moment. Try again later.',
    },
    title: 'Sign in',
    asSample: 'Sign in as one of the sample people',
    withPassword: 'With a name and a password',
    username: 'User name',
    password: 'Password',
    displayName: 'Shown as',
    submit: 'Sign in',
    signUp: 'Create an account',
    toSignUp: 'New here? Create an account',
    toSignIn: 'You have an account? Sign in',
    retryIn: (seconds: number) =>
      seconds === 1 ? 'Try again in 1 second.' : `Try again in ${seconds} seconds.`,
    unreachable: 'The server cannot be reached.',
  },
};

export const words = { ...shell, screens, kit };

export type Words = typeof words;
