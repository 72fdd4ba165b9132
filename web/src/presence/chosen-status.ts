import { readNote, writeNote } from 'trumpet-client/notes';
import type { UserStatus } from '../generated.ts';
import { createValue } from '../value.ts';

/** What others see while the person is here. */
export type ChosenStatus = Exclude<UserStatus, 'OFFLINE'>;

export const CHOSEN_STATUSES: readonly ChosenStatus[] = ['ONLINE', 'AWAY', 'BUSY'];

const KEY = 'trumpet status';

/** Kept on this device. */
export const chosenStatus = createValue<ChosenStatus>(read());

function read(): ChosenStatus {
  const kept = readNote(KEY);
  return CHOSEN_STATUSES.find((status) => status === kept) ?? 'ONLINE';
}

export function chooseStatus(status: ChosenStatus): void {
  writeNote(KEY, status);
  chosenStatus.set(status);
}

// Chosen in another tab.
window.addEventListener('storage', ({ key }) => {
  if (key === KEY) {
    chosenStatus.set(read());
  }
});
