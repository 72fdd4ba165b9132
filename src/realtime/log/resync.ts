import { TrumpetError } from '../../errors/codes.ts';

type Extent = 'the room' | 'your rooms';

/** Told to a client whose `after` lies before the oldest change that is kept. */
export function logTooShort(what: Extent = 'the room'): TrumpetError {
  return new TrumpetError(
    'RESYNC',
    `The log does not reach back to \`after\` any more: fetch ${what} anew and subscribe without it.`,
  );
}

/** Told to a client whose person may see something else than before. */
export function otherPrivacy(): TrumpetError {
  return new TrumpetError(
    'RESYNC',
    'What you may see has changed with your privacy settings: fetch it anew and subscribe from now on.',
  );
}

/** Told to a client whose person sees more of a room's history than before. */
export function widerHistory(): TrumpetError {
  return new TrumpetError(
    'RESYNC',
    'You see more of the history of a room than before: fetch it anew and subscribe from now on.',
  );
}

/** Told to a client that knows changes which the database does not have: it was restored, or commits were lost. */
export function otherHistory(what: Extent = 'the room'): TrumpetError {
  return new TrumpetError(
    'RESYNC',
    `What you have seen is not in the log any more: fetch ${what} anew and subscribe from now on.`,
  );
}
