import type { Client } from '../../client.ts';
import { NetworkError, throwDefect } from '../../errors.ts';
import { loaded } from '../../loaded.ts';
import type { Command } from './commands.ts';
import type { InteractionPartsFragment } from './generated.ts';

/** What this person has asked of a bot, from the moment on that they did. */
export interface Asked {
  /** The same for as long as it is shown. */
  readonly key: string;
  /** Null until the server has taken it. */
  readonly interactionId: string | null;
  readonly roomId: string;
  readonly threadId: string | null;
  readonly botId: string;
  /** Null until it is known: the person may be one of whom nothing was heard yet. */
  readonly botName: string | null;
  /** Of a command: as it was written. */
  readonly text: string | null;
  /** Of a button or menu. */
  readonly messageId: string | null;
  readonly componentId: string | null;
  readonly state: 'waiting' | 'answered' | 'unanswered' | 'refused';
  /** The answer for this person alone. */
  readonly answer: string | null;
  /** Whether the answer is a message for all. */
  readonly isForRoom: boolean;
  /** Why it was refused. */
  readonly reason: string | null;
}

/** What one person asks of bots on this device, and what bots tell them alone. */
export interface Interactions {
  asked(roomId: string): readonly Asked[];
  /** The commands of a room, by name; as they were less than half a minute ago. @throws TrumpetError, NetworkError. */
  commands(roomId: string): Promise<readonly Command[]>;
  /** Those that are known already. */
  knownCommands(roomId: string): readonly Command[];
  /** Shows what was answered before this page was open, and from then on what bots tell this person alone. */
  recall(roomId: string): void;
  /** Never rejects: what goes wrong is shown. */
  call(call: CommandCall): void;
  press(use: ComponentUse): void;
  /** Shows it no more, on all devices. */
  dismiss(key: string): void;
  subscribe(listener: () => void): () => void;
}

export interface CommandCall {
  readonly roomId: string;
  readonly threadId: string | undefined;
  readonly command: Command;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export interface ComponentUse {
  readonly roomId: string;
  readonly messageId: string;
  readonly botId: string;
  readonly componentId: string;
  readonly selectedValues?: readonly string[];
}

const COMMANDS_LAST_MS = 30_000;
const COMMANDS_LIMIT = 100;
const RECALLED_LIMIT = 20;
/** Answers are told of. Where nothing is heard, they are looked for soon, and then more and more seldom. */
const FIRST_LOOK_MS = 250;
const LONGEST_LOOK_MS = 2_000;
/** A late answer is looked for so often, and for so long. */
const LATE_LOOK_MS = 15_000;
const LATE_LOOKS = 40;
/** So many rooms that were looked at last are looked at again when something has come; the others when they are next. */
const FRESH_ROOMS = 3;

const stores = new WeakMap<Client, Interactions>();

/** The same for the same client. */
export function interactionsOf(client: Client): Interactions {
  const known = stores.get(client) ?? createInteractions(client);
  stores.set(client, known);
  return known;
}

const documents = () => loaded(import('./generated.ts'));

const NONE: readonly Asked[] = [];
const NO_COMMANDS: readonly Command[] = [];

function createInteractions(client: Client): Interactions {
  let all: readonly Asked[] = [];
  let byRoom = new Map<string, readonly Asked[]>();
  let viewerId = client.viewerId.get();
  const commands = new Map<string, { readonly at: number; readonly list: readonly Command[] }>();
  /** The rooms whose answers are as they were last heard of, the one looked at last at the end. */
  const recalled = new Set<string>();
  const visited = new Set<string>();
  const dismissed = new Set<string>();
  const listeners = new Set<() => void>();

  client.viewerId.subscribe(() => {
    if (client.viewerId.get() !== viewerId) {
      viewerId = client.viewerId.get();
      commands.clear();
      recalled.clear();
      visited.clear();
      set([]);
    }
  });
  client.news('InteractionEvent').subscribe(() => {
    const rooms = [...recalled].slice(-FRESH_ROOMS);
    recalled.clear();
    for (const roomId of rooms) {
      recall(roomId);
    }
  });

  function set(next: readonly Asked[]): void {
    all = next;
    byRoom = new Map();
    for (const listener of [...listeners]) {
      listener();
    }
  }

  function change(key: string, to: Partial<Asked>): void {
    set(all.map((one) => (one.key === key ? { ...one, ...to } : one)));
  }

  const isShown = (key: string) => all.some((one) => one.key === key);

  /** @param ask asks for it, under the same nonce however often */
  async function begin(
    asked: Asked,
    ask: (nonce: string) => Promise<InteractionPartsFragment | undefined>,
  ): Promise<void> {
    set([...all, asked]);
    const nonce = crypto.randomUUID();
    for (let attempt = 1; isShown(asked.key); attempt += 1) {
      try {
        const made = await ask(nonce);
        if (made !== undefined) {
          await follow(asked.key, made);
        }
        return;
      } catch (error) {
        if (error instanceof NetworkError && attempt < 4) {
          await pause(FIRST_LOOK_MS * 2 ** attempt);
        } else {
          throwDefect(error);
          change(asked.key, { state: 'refused', reason: (error as Error).message });
          return;
        }
      }
    }
  }

  /** Looks until it is answered, and for a while longer. */
  async function follow(key: string, made: InteractionPartsFragment): Promise<void> {
    const patience = Date.parse(made.waitsUntil) - Date.parse(made.createdAt);
    const waitsUntil = performance.now() + patience;
    let latest = made;
    let wait = FIRST_LOOK_MS;
    let late = 0;
    let told = tellOfAnswers(wait);
    while (isShown(key)) {
      const isLate = performance.now() >= waitsUntil;
      change(key, { interactionId: latest.id, ...shownOf(latest, isLate) });
      if (latest.answeredAt !== null || late >= LATE_LOOKS) {
        return;
      }
      late += isLate ? 1 : 0;
      await told;
      wait = Math.min(wait * 1.5, LONGEST_LOOK_MS);
      const isHeard = client.state.get() === 'live';
      told = tellOfAnswers(isHeard || isLate ? LATE_LOOK_MS : wait);
      latest = (await lookAt(latest.id)) ?? latest;
    }
  }

  /** Resolves when something was asked or answered, or after so long. */
  function tellOfAnswers(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        stop();
        resolve();
      };
      const timer = setTimeout(finish, milliseconds);
      const stop = client.news('InteractionEvent').subscribe(finish);
    });
  }

  async function lookAt(id: string): Promise<InteractionPartsFragment | null> {
    try {
      const { InteractionDocument } = await documents();
      return (await client.ask(InteractionDocument, { id })).interaction;
    } catch (error) {
      throwDefect(error);
      return null;
    }
  }

  function recall(roomId: string): void {
    if (!recalled.has(roomId) && client.viewerId.get() !== null) {
      recalled.add(roomId);
      const isFirst = !visited.has(roomId);
      visited.add(roomId);
      look(roomId, isFirst).catch((error) => {
        recalled.delete(roomId);
        if (isFirst) {
          visited.delete(roomId);
        }
        throwDefect(error);
      });
    }
  }

  async function look(roomId: string, isFirst: boolean): Promise<void> {
    const { InteractionsDocument } = await documents();
    const { room } = await client.ask(InteractionsDocument, { roomId, first: RECALLED_LIMIT });
    const mine = (room?.interactions.nodes ?? []).filter(
      ({ botId }) => botId !== client.viewerId.get(),
    );
    const isOver = ({ id, dismissedAt }: InteractionPartsFragment) =>
      dismissedAt !== null || dismissed.has(id);
    const keyOf = (id: string) => all.find(({ interactionId }) => interactionId === id)?.key;
    const over = new Set(mine.filter(isOver).map(({ id }) => id));
    if (all.some(({ interactionId }) => over.has(interactionId ?? ''))) {
      set(all.filter(({ interactionId }) => !over.has(interactionId ?? '')));
    }
    for (const made of mine) {
      const key = keyOf(made.id);
      if (key !== undefined && made.answeredAt !== null) {
        change(key, shownOf(made, false));
      }
    }
    // What was asked on this device is shown already, before its id is known.
    const known = mine.filter(
      (made) =>
        (isFirst || made.kind === 'NOTICE') &&
        (made.answer !== null || made.answeredAt === null) &&
        !isOver(made) &&
        keyOf(made.id) === undefined &&
        !isShown(made.id),
    );
    if (known.length === 0) {
      return;
    }
    const found = known.toReversed().map((made) => ({
      key: made.id,
      interactionId: made.id,
      roomId,
      threadId: made.parentMessageId,
      botId: made.botId,
      botName: made.bot.displayName,
      text: made.commandName === null ? null : `/${made.commandName}`,
      messageId: made.messageId,
      componentId: made.componentId,
      reason: null,
      ...shownOf(made, Date.parse(made.waitsUntil) < Date.now()),
    }));
    set(isFirst ? [...found, ...all] : [...all, ...found]);
    for (const made of known) {
      if (made.answeredAt === null) {
        follow(made.id, made).catch(throwDefect);
      }
    }
  }

  async function dismissOnAll(interactionId: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { DismissInteractionDocument } = await documents();
        await client.ask(DismissInteractionDocument, { input: { interactionId } });
        // From here on the server says it; a bot that answers once more shows it again.
        dismissed.delete(interactionId);
        return;
      } catch (error) {
        if (!(error instanceof NetworkError) || attempt === 4) {
          throwDefect(error);
          return;
        }
        await pause(FIRST_LOOK_MS * 2 ** attempt);
      }
    }
  }

  return {
    asked(roomId) {
      if (!byRoom.has(roomId)) {
        const found = all.filter((one) => one.roomId === roomId);
        byRoom.set(roomId, found.length === 0 ? NONE : found);
      }
      return byRoom.get(roomId) ?? NONE;
    },
    knownCommands: (roomId) => commands.get(roomId)?.list ?? NO_COMMANDS,
    async commands(roomId) {
      const known = commands.get(roomId);
      if (known !== undefined && performance.now() - known.at < COMMANDS_LAST_MS) {
        return known.list;
      }
      const { CommandsDocument } = await documents();
      const { room } = await client.ask(CommandsDocument, { roomId, first: COMMANDS_LIMIT });
      const list = (room?.commands.nodes ?? []) as readonly Command[];
      commands.set(roomId, { at: performance.now(), list });
      set(all);
      return list;
    },
    recall,
    call({ roomId, threadId, command, arguments: given, text }) {
      const asked: Asked = {
        ...{ key: crypto.randomUUID(), roomId, threadId: threadId ?? null, text },
        ...{ botId: command.bot.id, botName: command.bot.displayName },
        ...{ messageId: null, componentId: null },
        ...WAITING,
      };
      begin(asked, async (nonce) => {
        const { UseCommandDocument } = await documents();
        const parentMessageId = threadId ?? null;
        const input = { roomId, commandId: command.id, arguments: given, parentMessageId, nonce };
        const { useCommand } = await client.ask(UseCommandDocument, { input });
        return useCommand?.interaction ?? undefined;
      }).catch(throwDefect);
    },
    press({ roomId, messageId, botId, componentId, selectedValues }) {
      // What was asked before at this message gives way.
      set(all.filter((one) => one.messageId !== messageId));
      const asked: Asked = {
        ...{ key: crypto.randomUUID(), roomId, threadId: null, text: null },
        ...{ botId, botName: null, messageId, componentId },
        ...WAITING,
      };
      begin(asked, async (nonce) => {
        const { UseComponentDocument } = await documents();
        const input = {
          ...{ messageId, componentId, nonce },
          selectedValues: selectedValues === undefined ? null : [...selectedValues],
        };
        const { useComponent } = await client.ask(UseComponentDocument, { input });
        return useComponent?.interaction ?? undefined;
      }).catch(throwDefect);
    },
    dismiss(key) {
      const id = all.find((one) => one.key === key)?.interactionId;
      if (id != null) {
        dismissed.add(id);
        dismissOnAll(id).catch(throwDefect);
      }
      set(all.filter((one) => one.key !== key));
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const WAITING = {
  interactionId: null,
  state: 'waiting',
  answer: null,
  isForRoom: false,
  reason: null,
} as const;

function shownOf(
  { answeredAt, answer, answerMessageId }: InteractionPartsFragment,
  isLate: boolean,
): Pick<Asked, 'state' | 'answer' | 'isForRoom'> {
  return {
    state: answeredAt !== null ? 'answered' : isLate ? 'unanswered' : 'waiting',
    answer,
    isForRoom: answerMessageId !== null,
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
