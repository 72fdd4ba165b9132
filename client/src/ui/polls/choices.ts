import { useEffect, useSyncExternalStore } from 'react';
import type { Client } from '../../client.ts';
import { throwDefect } from '../../errors.ts';
import { useClient, useClientState } from '../../react/index.ts';
import { PollChoicesDocument, VoteInPollDocument } from './generated.ts';

/** What this person has chosen: it is in no event, since events are the same for all. */
interface Choices {
  /** Undefined until it is known. */
  of(messageId: string): ReadonlySet<number> | undefined;
  /** Asks the server for it, unless it is known; again, as another device may have chosen meanwhile. */
  learn(messageId: string, isAgain?: boolean): Promise<void>;
  /** Shows it at once, and as it was again when it is refused. @throws TrumpetError, NetworkError. */
  choose(messageId: string, numbers: ReadonlySet<number>): Promise<void>;
  subscribe(listener: () => void): () => void;
}

const stores = new WeakMap<Client, Choices>();

function choicesOf(client: Client): Choices {
  const known = stores.get(client) ?? createChoices(client);
  stores.set(client, known);
  return known;
}

function createChoices(client: Client): Choices {
  const known = new Map<string, ReadonlySet<number>>();
  const asked = new Map<string, Promise<void>>();
  /** One vote after the other, so that the last one is the last. */
  const votes = new Map<string, Promise<void>>();
  const listeners = new Set<() => void>();
  let viewerId = client.viewerId.get();
  client.viewerId.subscribe(() => {
    if (client.viewerId.get() !== viewerId) {
      viewerId = client.viewerId.get();
      known.clear();
      asked.clear();
      tell();
    }
  });

  function tell(): void {
    for (const listener of listeners) {
      listener();
    }
  }

  function set(messageId: string, numbers: ReadonlySet<number> | undefined): void {
    if (numbers === undefined) {
      known.delete(messageId);
    } else {
      known.set(messageId, numbers);
    }
    tell();
  }

  async function ask(messageId: string): Promise<void> {
    const of = viewerId;
    const { message } = await client.ask(PollChoicesDocument, { messageId });
    if (of === viewerId && !votes.has(messageId)) {
      const answers = message?.poll?.answers ?? [];
      set(
        messageId,
        new Set(answers.filter((one) => one.viewerHasChosen).map(({ number }) => number)),
      );
    }
  }

  return {
    of: (messageId) => known.get(messageId),
    async learn(messageId, isAgain = false) {
      if (known.has(messageId) && !isAgain) {
        return;
      }
      const asking = asked.get(messageId) ?? ask(messageId);
      asked.set(messageId, asking);
      try {
        await asking;
      } finally {
        asked.delete(messageId);
      }
    },
    async choose(messageId, numbers) {
      const before = known.get(messageId);
      set(messageId, numbers);
      const vote = (votes.get(messageId) ?? Promise.resolve())
        .catch(() => {})
        .then(async () => {
          const input = { messageId, choices: [...numbers].toSorted((a, b) => a - b) };
          await client.ask(VoteInPollDocument, { input });
        });
      votes.set(messageId, vote);
      try {
        await vote;
      } catch (error) {
        if (known.get(messageId) === numbers) {
          set(messageId, before);
        }
        throw error;
      } finally {
        if (votes.get(messageId) === vote) {
          votes.delete(messageId);
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What this person has chosen in a poll, and a way to choose. Where it cannot be asked, nothing is chosen. */
export function useChoices(messageId: string, isSent: boolean) {
  const client = useClient();
  const choices = choicesOf(client);
  const isLive = useClientState() === 'live';
  useEffect(() => {
    if (!isSent || !isLive) {
      return undefined;
    }
    choices.learn(messageId).catch(throwDefect);
    const look = () => {
      if (document.visibilityState === 'visible') {
        choices.learn(messageId, true).catch(throwDefect);
      }
    };
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [choices, messageId, isSent, isLive]);
  const chosen = useSyncExternalStore(choices.subscribe, () => choices.of(messageId));
  return {
    chosen,
    choose: (numbers: ReadonlySet<number>) => choices.choose(messageId, numbers),
  };
}
