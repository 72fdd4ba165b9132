import type { Journal } from './journal.ts';

/** Typing and presence: not in the log, and not kept. */
export interface Passing {
  /** Who is typing in a room, and since when (`performance.now()`). */
  typing(roomId: string): ReadonlyMap<string, number>;
  startTyping(roomId: string, userId: string): void;
  stopTyping(roomId: string, userId: string): void;
  presence(userId: string): string | undefined;
  setPresence(userId: string, status: string): void;
  /** Nobody is known to be there, until it is told again. */
  forget(): void;
  forgetRoom(roomId: string): void;
}

const NOBODY: ReadonlyMap<string, number> = new Map();

export function createPassing(journal: Journal): Passing {
  const typing = new Map<string, ReadonlyMap<string, number>>();
  const presence = new Map<string, string>();

  function setTyping(roomId: string, those: ReadonlyMap<string, number>): void {
    typing.set(roomId, those);
    journal.tell(`typing ${roomId}`);
  }

  return {
    typing: (roomId) => typing.get(roomId) ?? NOBODY,
    startTyping(roomId, userId) {
      setTyping(roomId, new Map(typing.get(roomId)).set(userId, performance.now()));
    },
    stopTyping(roomId, userId) {
      const rest = new Map(typing.get(roomId));
      if (rest.delete(userId)) {
        setTyping(roomId, rest);
      }
    },
    presence: (userId) => presence.get(userId),
    setPresence(userId, status) {
      presence.set(userId, status);
      journal.tell(`presence ${userId}`);
    },
    forget() {
      presence.clear();
      journal.tell('viewer'); // Whoever looks at a presence looks at this, too.
    },
    forgetRoom(roomId) {
      typing.delete(roomId);
    },
  };
}
