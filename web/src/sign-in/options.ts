import { use } from 'react';

/** What the server tells a page before anybody has signed in (`GET /session/options`). */
export interface SignInOptions {
  readonly samplePeople: readonly SamplePerson[];
  readonly signUp: 'open' | 'invited' | 'closed';
  readonly localPasswords: boolean;
  readonly passkeys: boolean;
  readonly providers: readonly Provider[];
  /** With which of them this browser has signed in, while it has not signed out there. */
  readonly signedInWith: Provider | null;
  readonly mails: boolean;
  readonly graphiql: boolean;
  readonly documents: boolean;
}

export interface Provider {
  readonly name: string;
  readonly label: string;
}

export interface SamplePerson {
  readonly username: string;
  readonly displayName: string;
  readonly password: string;
}

const NONE: SignInOptions = {
  samplePeople: [],
  signUp: 'open',
  localPasswords: true,
  passkeys: false,
  providers: [],
  signedInWith: null,
  mails: false,
  graphiql: false,
  documents: false,
};

let asked: Promise<SignInOptions> | undefined;
let answer: SignInOptions | undefined;

/** Asked once a start; without a network there is nothing special. */
export function signInOptions(): Promise<SignInOptions> {
  asked ??= ask();
  return asked;
}

/** The same, shown at once where they have come already: `use` alone shows what stands in for them for a moment. */
export function useSignInOptions(): SignInOptions {
  return answer ?? use(signInOptions());
}

async function ask(): Promise<SignInOptions> {
  answer = await read();
  return answer;
}

async function read(): Promise<SignInOptions> {
  try {
    const response = await fetch('/session/options');
    if (response.ok) {
      return (await response.json()) as SignInOptions;
    }
  } catch {
    // No network.
  }
  return NONE;
}
