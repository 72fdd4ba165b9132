/** What the server tells a page before anybody has signed in (`GET /session/options`). */
export interface SignInOptions {
  readonly samplePeople: readonly SamplePerson[];
  readonly signUp: 'open' | 'invited' | 'closed';
  readonly localPasswords: boolean;
  readonly graphiql: boolean;
  readonly documents: boolean;
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
  graphiql: false,
  documents: false,
};

let asked: Promise<SignInOptions> | undefined;

/** Asked once a start; without a network there is nothing special. */
export function signInOptions(): Promise<SignInOptions> {
  asked ??= ask();
  return asked;
}

async function ask(): Promise<SignInOptions> {
  try {
    const response = await fetch('/session/options');
    if (response.ok) {
      return (await response.json()) as SignInOptions;
    }
  } catch {
    // No network.
  }
  asked = undefined;
  return NONE;
}
