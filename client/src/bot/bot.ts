import { refusalOf, TrumpetError } from '../errors.ts';
import { type Fetch, post, type TypedDocument } from '../http.ts';
import type { Ending, Listening } from '../listening/listening.ts';
import { listenBySocket } from '../listening/socket.ts';
import { mayPass } from '../queue/may-pass.ts';
import {
  AnswerDocument,
  AskedDocument,
  type AskedSubscription,
  SelfDocument,
  SetCommandsDocument,
  SetComponentsDocument,
} from './generated.ts';

/* For bots that answer commands, buttons and menus: docs/bots.md. */

/** What a bot can be asked for, by its name behind a `/`. */
export interface CommandDefinition {
  readonly name: string;
  readonly description: string;
  /** In this order; what may be left out comes last. */
  readonly arguments?: readonly ArgumentDefinition[];
}

export interface ArgumentDefinition {
  readonly name: string;
  readonly description: string;
  /** Default: `text`. */
  readonly type?: 'text' | 'integer' | 'number' | 'boolean' | 'choice' | 'user';
  readonly isRequired?: boolean;
  /** Of a `choice`. */
  readonly choices?: readonly string[];
}

/** What somebody has asked of the bot. */
export interface Interaction {
  /** The same however often it is told. */
  readonly id: string;
  readonly kind: 'COMMAND' | 'COMPONENT';
  readonly roomId: string;
  /** Of a command. */
  readonly commandName: string | null;
  /** Of a command: a value for each argument that was given. */
  // biome-ignore lint/suspicious/noExplicitAny: the bot knows what it takes
  readonly arguments: any;
  /** Of a button or menu. */
  readonly messageId: string | null;
  readonly componentId: string | null;
  /** Of a menu. */
  readonly selectedValues: readonly string[] | null;
  readonly user: { readonly id: string; readonly username: string; readonly displayName: string };
}

/** A text is for whoever asked alone; nothing is said without one. */
export type Answer =
  | string
  | undefined
  | {
      readonly content: string;
      /** As a message for all. Default: for whoever asked alone. */
      readonly isForRoom?: boolean;
      /** Buttons and menus of an answer for the room. */
      readonly components?: readonly object[];
    };

export interface BotOptions {
  /** Where the server is, such as `https://chat.example`. */
  readonly url: string;
  /** The bot's own: `trk_…`. */
  readonly key: string;
  /** All of its commands. Left out: those that it has. */
  readonly commands?: readonly CommandDefinition[];
  /** Called once for everything that is asked, as long as this process runs; again where another one did not answer. */
  readonly answer: (interaction: Interaction) => Promise<Answer> | Answer;
  /** Told what `answer` has thrown, and what the server has refused. */
  readonly onError: (error: unknown) => void;
  readonly fetch?: Fetch;
  readonly WebSocket?: typeof WebSocket;
}

export interface Bot {
  /** Changes the buttons and menus of a message of the bot's; without any it has none. */
  setComponents(messageId: string, components?: readonly object[]): Promise<void>;
  /** Hears nothing any more, and waits for the answers that are under way. */
  close(): Promise<void>;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** Codes of docs/protocol.md after which nothing is to be gained by coming back. */
const ENDED_CODES: ReadonlySet<number> = new Set([4401]);
const MAX_KNOWN = 10_000;

/**
 * Answers what is asked of a bot: at least once, also what came while it was away. Resolves when it listens.
 *
 * @throws TrumpetError when the server refuses the key or the commands, NetworkError when it is not there.
 */
export async function startBot(options: BotOptions): Promise<Bot> {
  const { key, answer, onError } = options;
  const url = options.url.replace(/\/+$/, '');
  const fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
  const ask = <Result, Variables>(
    document: TypedDocument<Result, Variables>,
    variables: Variables,
  ) => post(fetch, url, document, variables, key);
  const known = new Set<string>();
  const underWay = new Set<Promise<void>>();
  const closing = new AbortController();
  let listening: Listening | undefined;
  let cursor: string | null = null;

  const { currentUser } = await ask(SelfDocument, {});
  if (currentUser === null) {
    throw new TrumpetError('UNAUTHENTICATED', 'This key is of no bot.');
  }
  if (options.commands !== undefined) {
    await ask(SetCommandsDocument, { input: { commands: options.commands } });
  }

  function take({ cursor: behind, event }: AskedSubscription['userEvents']): void {
    const asked = event.__typename === 'InteractionEvent' ? event.interaction : null;
    if (asked !== null && asked.botId === currentUser?.id && asked.state !== 'ANSWERED') {
      begin(asked as unknown as Interaction);
    }
    cursor = behind;
  }

  function begin(asked: Interaction): void {
    if (known.has(asked.id)) {
      return;
    }
    known.add(asked.id);
    if (known.size > MAX_KNOWN) {
      known.delete(known.values().next().value as string);
    }
    const answering = reply(asked)
      .catch(onError)
      .finally(() => underWay.delete(answering));
    underWay.add(answering);
  }

  async function reply(asked: Interaction): Promise<void> {
    const said = await answer(asked);
    const {
      content,
      isForRoom = false,
      components,
    } = typeof said === 'object' ? said : { content: said ?? null };
    const metadata = components === undefined ? {} : { components };
    const input = { interactionId: asked.id, content, isForRoom, metadata };
    for (let pause = FIRST_PAUSE_MS; ; pause = longer(pause)) {
      try {
        await ask(AnswerDocument, { input });
        return;
      } catch (error) {
        if (!mayPass(error, Number.POSITIVE_INFINITY) || closing.signal.aborted) {
          throw error;
        }
        await wait(pause);
      }
    }
  }

  /** Resolves when it has ended. */
  async function listen(onReady: () => void): Promise<Ending> {
    const now = listenBySocket({
      url,
      token: key,
      payload: { query: AskedDocument.toString(), variables: { after: cursor } },
      WebSocket: options.WebSocket ?? globalThis.WebSocket,
      onResult({ data, errors }) {
        if (errors !== undefined || !data) {
          now.end({ kind: 'refused', refusal: refusalOf(errors ?? []) });
          return;
        }
        take((data as AskedSubscription).userEvents);
        onReady();
      },
    });
    listening = now;
    return await now.ended;
  }

  async function keepListening(onReady: () => void, onRefused: (error: Error) => void) {
    let pause = FIRST_PAUSE_MS;
    while (!closing.signal.aborted) {
      const ending = await listen(() => {
        pause = FIRST_PAUSE_MS;
        onReady();
      });
      if (ending.kind === 'refused' && ending.refusal.code === 'RESYNC') {
        cursor = null; // What waits for an answer is told anew.
      } else if (isFinal(ending)) {
        const refusal =
          ending.kind === 'refused'
            ? ending.refusal
            : new TrumpetError('UNAUTHENTICATED', 'The key is good no more.');
        onError(refusal);
        onRefused(refusal);
        return;
      }
      if (!closing.signal.aborted) {
        await wait(pause);
        pause = longer(pause);
      }
    }
  }

  async function wait(pause: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pause * (0.5 + Math.random() / 2));
      closing.signal.addEventListener(
        'abort',
        () => {
          clearTimeout(timer);
          resolve();
        },
        { once: true },
      );
    });
  }

  const { promise: ready, resolve: isReady, reject } = Promise.withResolvers<void>();
  const kept = keepListening(isReady, reject);
  await ready;

  return {
    async setComponents(messageId, components = []) {
      await ask(SetComponentsDocument, { input: { messageId, components } });
    },
    async close() {
      closing.abort();
      listening?.end({ kind: 'closed', code: 1000 });
      await kept;
      await Promise.all(underWay);
    },
  };
}

function isFinal(ending: Ending): boolean {
  return ending.kind === 'closed'
    ? ENDED_CODES.has(ending.code)
    : ending.refusal.code === 'UNAUTHENTICATED' || ending.refusal.code === 'FORBIDDEN';
}

function longer(pause: number): number {
  return Math.min(pause * 2, LONGEST_PAUSE_MS);
}
