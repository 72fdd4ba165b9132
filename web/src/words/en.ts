import { words as screens } from '../screens/words/en.ts';

/** What the shell of the page says, in English. The other languages have the same. */
const shell = {
  appName: 'Trumpet',
  loading: 'Loading…',
  rooms: 'Rooms',
  back: 'Back',
  close: 'Close',
  send: 'Send',
  chooseRoom: 'Choose a room, or write to somebody.',
  noSuchPage: 'There is nothing at this address.',
  toInbox: 'To your rooms',
  settings: 'Settings',
  explore: 'Explore rooms',
  search: 'Search',
  failed: 'This part of the page has failed.',
  tryAgain: 'Try again',
  signIn: {
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

export const words = { ...shell, screens };

export type Words = typeof words;
