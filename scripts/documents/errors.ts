import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CLOSE_CODES,
  ERROR_CODES,
  type ErrorCode,
  SQLSTATE_CODES,
} from '../../src/errors/codes.ts';
import { CONSTRAINT_MESSAGES } from '../../src/errors/constraint-messages.ts';
import { httpStatusOf } from '../../src/errors/http-status.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');

/** What a client does about each code. A new code needs a line here. */
const ADVICE: Readonly<Record<ErrorCode, string>> = {
  UNAUTHENTICATED:
    'Refresh the session, and send the same again. When that fails too, let the person sign in.',
  SECOND_FACTOR_REQUIRED:
    'The password is right: ask for a code, and sign in again with both. A code is good once.',
  WRONG_CREDENTIALS: 'Let the person type it again. Do not send the same again.',
  FORBIDDEN:
    'Do not send the same again. Show the sentence, and read the room anew: a role may have changed.',
  NOT_FOUND:
    'Do not send the same again. What the viewer may not see is answered in the same way as what is not there.',
  BAD_INPUT:
    'Show the sentence beside what was typed. When no person typed it, the app has a mistake.',
  CONFLICT:
    'Read the thing anew and decide again. For a nonce: something else was sent with it, so this message needs another.',
  BANNED: 'Leave the room on the screen. The person cannot come back before the ban is over.',
  MUTED: 'Disable the composer. Reading goes on.',
  BLOCKED: 'Disable the composer of this direct conversation.',
  SLOW_MODE: 'Wait for `retryAfterMs`, and send the same again (with the same nonce).',
  RATE_LIMITED: 'Wait for `retryAfterMs`, and send the same again.',
  ROOM_FULL: 'Say so. Somebody has to leave, or an admin has to raise `maxMembers`.',
  ROOM_ARCHIVED: 'Show the room as one that can only be read.',
  EDIT_WINDOW_CLOSED: 'Offer to delete the message, or to send another.',
  TOO_LARGE: 'Send less, or in parts. The sentence says how much is allowed.',
  QUERY_TOO_COMPLEX:
    'Ask for less: smaller pages, fewer fields. The sentence names the field that costs most.',
  RESYNC: 'Fetch the room again, and subscribe without `cursor` ([resuming](concepts/resume.md)).',
  BUSY: 'Send the same again after `retryAfterMs` (a message with its nonce). Nothing of it has been done.',
  INTERRUPTED:
    'Send the same again where twice is as good as once (a message with its nonce); else look first whether it has been done. With a path that is longer than the mutation it has been: what was asked about it could not be read.',
};

/** Sentences that a code comes with; `…` stands for what is filled in. */
type Sentences = Map<ErrorCode, Set<string>>;

function sentences(): Sentences {
  const found: Sentences = new Map();
  const add = (code: ErrorCode, sentence: string) => {
    // A sentence that is all filled in tells nothing.
    if (!/^…\.?$/.test(sentence) && sentence !== ERROR_CODES[code]) {
      found.set(code, (found.get(code) ?? new Set()).add(sentence));
    }
  };
  for (const text of filesIn('migrations/committed', '.sql')) {
    for (const [, sentence = '', state = ''] of text.matchAll(
      /raise exception\s+'((?:[^']|'')*)'[^;]*?errcode\s*=\s*'(\w+)'/g,
    )) {
      if (Object.hasOwn(SQLSTATE_CODES, state)) {
        const code = SQLSTATE_CODES[state as keyof typeof SQLSTATE_CODES];
        add(code, sentence.replaceAll("''", "'").replaceAll('%', '…'));
      }
    }
  }
  for (const text of [...filesIn('src', '.ts'), ...filesIn('plugins', '.ts')]) {
    for (const [, code = '', , sentence = ''] of text.matchAll(
      /new TrumpetError\(\s*'(\w+)',\s*(['`])([^\n]*?)\2/g,
    )) {
      if (Object.hasOwn(ERROR_CODES, code)) {
        add(code as ErrorCode, sentence.replaceAll(/\$\{.*?\}/g, '…'));
      }
    }
  }
  for (const [name, sentence] of Object.entries(CONSTRAINT_MESSAGES)) {
    const isTaken = name.endsWith('_is_unique') || name.endsWith('_looks_like_no_other');
    add(isTaken ? 'CONFLICT' : 'BAD_INPUT', sentence);
  }
  return found;
}

function filesIn(folder: string, ending: string): string[] {
  return readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => readFileSync(join(REPOSITORY, folder, name), 'utf8'));
}

/** What the comment above each close code says: what has happened, and what the client does. */
function closeCodeRows(): string[] {
  const source = readFileSync(join(REPOSITORY, 'src', 'errors', 'codes.ts'), 'utf8');
  return Object.entries(CLOSE_CODES).map(([name, code]) => {
    const comment = new RegExp(`/\\*\\* ([^\\n]*) \\*/\\n\\s*${name}: ${code}`).exec(source)?.[1];
    const [happened, advice] = comment?.split(/: (.*)/) ?? [];
    if (happened === undefined || advice === undefined) {
      throw new Error(
        `${name} in src/errors/codes.ts needs a comment "what has happened: what the client does.".`,
      );
    }
    return `| ${code} | ${happened} | ${advice} |`;
  });
}

export function errorsPage(): string {
  const known = sentences();
  const stateOf = (code: ErrorCode) =>
    Object.entries(SQLSTATE_CODES).find(([, other]) => other === code)?.[0];
  const sections = (Object.keys(ERROR_CODES) as ErrorCode[]).flatMap((code) => {
    const state = stateOf(code);
    const said = [...(known.get(code) ?? [])].sort();
    return [
      `## ${code}`,
      '',
      `“${ERROR_CODES[code]}” HTTP ${httpStatusOf(code)}${state === undefined ? '' : `, SQLSTATE \`${state}\``}.`,
      '',
      ADVICE[code],
      '',
      ...(said.length === 0
        ? []
        : ['It also says:', '', ...said.map((one) => `- ${escaped(one)}`), '']),
    ];
  });
  return `# Errors and close codes

An error has a code and a sentence. Decide by the code; show the sentence, or one of your own in the person's language. Over GraphQL, with the status 200:

\`\`\`json
{
  "errors": [
    {
      "message": "This room is in slow mode: one message every 30 seconds.",
      "path": ["sendMessage"],
      "extensions": { "code": "SLOW_MODE", "retryAfterMs": 21480 }
    }
  ],
  "data": { "sendMessage": null }
}
\`\`\`

Over the JSON WebSocket the same is a frame \`error\` with \`code\`, \`message\` and \`retry_after_ms\`. A request that ends before there is a GraphQL result (a body that is too large, a file, a stream of events) has the HTTP status below and the same body. At psql, and in functions of your own, it is the SQLSTATE.

**Codes that go away by waiting** are \`RATE_LIMITED\`, \`SLOW_MODE\` and \`BUSY\`; \`retryAfterMs\` says how long. Everything else is answered in the same way until something changes.

**Where a [hook](webhooks.md#before-a-message) has refused** a message, \`FORBIDDEN\` has its reason as the sentence, and as \`hookCode\` (\`hook_code\` in frames) the word that it gave for programs, if it gave one. \`NOT_CHECKED\` means that it did not answer: the same may be sent again.

**Everything that is not listed here** is an error of the server: “An unexpected error occurred (id …).” has no code but an \`errorId\`, which is also in the server's log. The JSON WebSocket calls it \`UNEXPECTED\`.

${sections.join('\n')}
## When a WebSocket is closed

| code | what has happened | what the client does |
| --- | --- | --- |
${closeCodeRows().join('\n')}

[The live protocol](protocol.md#when-the-server-closes-a-websocket) has the details.
`;
}

function escaped(text: string): string {
  return text
    .replaceAll('*', '\\*')
    .replaceAll('<', '&lt;')
    .replaceAll(/_(?=\w)/g, '\\_');
}
