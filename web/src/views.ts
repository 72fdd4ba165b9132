import { readNote, writeNote } from 'trumpet-client/notes';
import { deferred } from './deferred.tsx';
import { signInOptions } from './sign-in/options.ts';

/* The large parts of the page that come after its sign-in, each fetched when it is known that it will be shown. */

export const Shell = deferred(() => import('./shell/shell.tsx'));
export const RoomView = deferred(() => import('./room/room-view.tsx'));
export const ThreadPanel = deferred(() => import('./room/thread-panel.tsx'));

/** Whether somebody was signed in when the page was last open: a guess at what will be shown. */
const SIGNED_IN_KEY = 'trumpet signed in';

/** How long the sign-in waits for what the server offers there, in milliseconds. */
const OPTIONS_MS = 1_000;

/** Begins to fetch what will probably be shown first, while the client reads what is kept on this device. */
export function expectViews(): void {
  if (readNote(SIGNED_IN_KEY) !== null) {
    void Shell.load();
    if (location.pathname.startsWith('/r/')) {
      void RoomView.load();
    }
  } else {
    void signInOptions();
  }
}

/** What the sign-in offers is shown at once, or what is below it would move; without an answer nobody waits for it long. */
export async function expectSignIn(): Promise<void> {
  await Promise.race([signInOptions(), new Promise((resolve) => setTimeout(resolve, OPTIONS_MS))]);
}

export function noteSignedIn(isSignedIn: boolean): void {
  writeNote(SIGNED_IN_KEY, isSignedIn ? 'yes' : null);
}

/** Fetches all of them, so that nobody waits for them later. */
export async function loadViews(): Promise<void> {
  await Promise.all([Shell, RoomView, ThreadPanel].map((view) => view.load()));
}
