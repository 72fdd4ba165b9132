import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/*
 * A statement that sends a message, as PostGraphile writes it for a mutation and as the JSON protocol asks it:
 *
 *   select <what is asked of the message> from "app_public"."send_message"($1::"uuid", "nonce" := $2::"text") as sent
 *
 * To send several in one transaction it is taken apart: whose values are which arguments, and what is asked.
 */

const CALL = '"app_public"."send_message"(';
const STATEMENT = /^select\s([\s\S]+?)\sfrom "app_public"\."send_message"\(([^()]*)\) as (\w+);?$/;
const ARGUMENT = /^(?:"(\w+)" := )?\$(\d+)(?:::"\w+"(?:\."\w+")?(?:\[\])?)?$/;
/** In the order of the function's parameters, with what stands for those that are left out. */
const DEFAULTS = {
  room_id: null,
  content: '',
  message_type: 'text',
  metadata: '{}',
  parent_message_id: null,
  nonce: null,
  attachment_ids: null,
  read_up_to_message_id: null,
  also_send_to_room: null,
} as const;
const NAMES = Object.keys(DEFAULTS) as readonly Argument[];
/**
 * What needs nothing but the message itself: its columns, as text and as lists. Anything else may depend on who asks, and
 * is asked as them.
 */
const PLAIN =
  /^(?:"\w+"(?!\s*\()|[\s(),.]|::text|to_char(?=\()|json_build_array(?=\()|'[\w":.-]*'|case when|is not distinct from|then|else|end|null|as(?= "))+$/;
/** Documents that clients send. Each is a handful of strings. */
const MOST_STATEMENTS = 1_000;

export type Argument = keyof typeof DEFAULTS;

/** What a message is sent with, each as Postgres reads it. */
export type Arguments = Readonly<Record<Argument, string | null>>;

export interface SendStatement {
  /** The same text, always the same name: Postgres plans it once a connection. */
  readonly name: string;
  readonly text: string;
  /** The select list, and the name under which it knows the message; both in short. */
  readonly shape: string;
  readonly asked: string;
  readonly alias: string;
  /** Whether what is asked is there with the message, whoever asks. */
  readonly isPlain: boolean;
  /** Undefined when a value is something that no argument takes as it is. */
  argumentsOf(values: readonly unknown[]): Arguments | undefined;
}

const known = new LRUCache<string, SendStatement | false>({
  max: MOST_STATEMENTS,
  memoMethod: (text) => parse(text) ?? false,
});

/** Takes a statement apart that sends a message and does nothing else; undefined for any other. */
export function readSendStatement(text: string): SendStatement | undefined {
  if (!text.includes(CALL)) {
    return undefined;
  }
  return known.memo(text) || undefined;
}

function parse(text: string): SendStatement | undefined {
  const [, asked, list, alias] = STATEMENT.exec(text) ?? [];
  if (asked === undefined || list === undefined || alias === undefined) {
    return undefined;
  }
  const positions = positionsOf(list);
  if (positions === undefined) {
    return undefined;
  }
  return {
    name: `send ${digest(text)}`,
    shape: digest(`${alias} ${asked}`),
    text,
    asked,
    alias,
    isPlain: PLAIN.test(asked.replaceAll(alias, '')),
    argumentsOf: (values) => argumentsAt(positions, values),
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

/** Which value is which argument. */
function positionsOf(list: string): ReadonlyMap<Argument, number> | undefined {
  const positions = new Map<Argument, number>();
  for (const [index, item] of list.split(',').entries()) {
    const [, named, position] = ARGUMENT.exec(item.trim()) ?? [];
    const name = named === undefined ? NAMES[index] : NAMES.find((one) => one === named);
    if (name === undefined || position === undefined) {
      return undefined;
    }
    positions.set(name, Number(position) - 1);
  }
  return positions;
}

function argumentsAt(
  positions: ReadonlyMap<Argument, number>,
  values: readonly unknown[],
): Arguments | undefined {
  const given: Record<Argument, string | null> = { ...DEFAULTS };
  for (const [name, position] of positions) {
    const value = values[position];
    // What stands in both goes by itself: it is an answer, which is not usual.
    if (name === 'also_send_to_room' && (value === false || value === 'false')) {
      continue;
    }
    if (value !== null && typeof value !== 'string') {
      return undefined;
    }
    if (name === 'also_send_to_room' && value !== null) {
      return undefined;
    }
    given[name] = value;
  }
  return given;
}

/** The same statement about a message that was sent already: its row is the last of the values. */
export function afterSending({ text }: SendStatement, values: number): string {
  return text.replace(CALL, `"app_hidden"."sent"($${values + 1}::"app_public"."messages", `);
}
