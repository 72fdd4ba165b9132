import { TrumpetError } from '../../errors/codes.ts';

/** Told to a client whose `after` lies before the oldest change that is kept. */
export function logTooShort(what: 'the room' | 'your rooms' = 'the room'): TrumpetError {
  return new TrumpetError(
    'RESYNC',
    `The log does not reach back to \`after\` any more: fetch ${what} anew and subscribe without \`after\`.`,
  );
}
