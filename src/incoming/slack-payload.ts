import { z } from 'zod';
import { isDeep } from '../import/json-stream.ts';
import { link, slackToMarkdown } from '../import/slack-markdown.ts';
import { readable, textOfRichText } from './rich-text.ts';

/*
 * What Slack takes at the address of an incoming webhook, as far as it can be said in Markdown.
 * https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 * https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments
 */

/** What Slack takes. */
const MAX_ATTACHMENTS = 100;
const MAX_BLOCKS = 50;
const MAX_CONTENT_LENGTH = 8_000;
const MAX_ADDRESS_LENGTH = 2_048;

/** Names of Slack's that tell what is wrong. */
export type SlackRefusal =
  | 'invalid_payload'
  | 'no_text'
  | 'too_many_attachments'
  | 'invalid_blocks';

/** What a payload says. */
export interface Posting {
  /** Markdown. */
  readonly content: string;
  /** Under which name and picture, where it says so. */
  readonly senderName: string | null;
  readonly senderPicture: string | null;
  /** Trumpet's own buttons and menus (docs/bots.md), as they came: the database checks them. */
  readonly components: readonly unknown[] | null;
}

const words = z.string().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);
const textObject = z
  .union([
    z.string().transform((text) => ({ type: 'mrkdwn', text })),
    z.object({ type: words, text: z.string() }),
  ])
  .optional()
  .catch(undefined);
const objects = z.array(z.unknown()).optional().catch(undefined);

const elementShape = z.object({
  type: words,
  text: z.unknown().optional(),
  url: words,
  image_url: words,
  alt_text: words,
});
const blockShape = z.object({
  type: words,
  text: textObject,
  title: textObject,
  fields: z.array(textObject).optional().catch(undefined),
  elements: objects,
  accessory: z.unknown().optional(),
  image_url: words,
  alt_text: words,
});
const attachmentShape = z.object({
  fallback: words,
  color: words,
  pretext: words,
  author_name: words,
  author_link: words,
  title: words,
  title_link: words,
  text: words,
  footer: words,
  image_url: words,
  fields: z
    .array(
      z
        .object({ title: words, value: z.coerce.string().optional().catch(undefined), short: flag })
        .catch({}),
    )
    .optional()
    .catch(undefined),
  actions: objects,
  blocks: objects,
});
const payloadShape = z.object({
  text: z.union([z.string(), z.number().transform(String)]).nullish(),
  username: words,
  icon_url: words,
  blocks: z.array(z.unknown()).nullish(),
  attachments: z.array(z.unknown()).nullish(),
  components: z.array(z.unknown()).nullish(),
});

/** Nobody of Slack is known here: mentions keep the label that was written with them. */
const NOBODY = { usernameOf: () => undefined, slugOf: () => undefined };

/** Reads a body: JSON, or a form whose field `payload` is JSON, whatever its header says. */
export function readPayload(body: string): Posting | SlackRefusal {
  const written = body.trimStart().startsWith('{')
    ? body
    : new URLSearchParams(body).get('payload');
  const { success, data: payload } = payloadShape.safeParse(parsed(written ?? ''));
  if (!success) {
    return 'invalid_payload';
  }
  const { blocks = null, attachments = null } = payload;
  if (attachments !== null && attachments.length > MAX_ATTACHMENTS) {
    return 'too_many_attachments';
  }
  if (blocks !== null && blocks.length > MAX_BLOCKS) {
    return 'invalid_blocks';
  }
  // The text beside blocks is for notifications: it says the same once more.
  const said = textOfBlocks(blocks ?? []) || markdown(payload.text ?? '');
  const content = [said, ...(attachments ?? []).map(textOfAttachment)]
    .filter((part) => part.trim() !== '')
    .join('\n\n');
  if (content === '') {
    return 'no_text';
  }
  return {
    content: shortened(content),
    senderName: readable(payload.username ?? '').trim() || null,
    senderPicture: isWebAddress(payload.icon_url) ? readable(payload.icon_url) : null,
    components: payload.components ?? null,
  };
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isDeep(value) ? undefined : value;
  } catch {
    return undefined;
  }
}

function markdown(text: string): string {
  return slackToMarkdown(readable(text), NOBODY);
}

/** What is plain in Slack stays plain: it has signs that mean something in mrkdwn. */
function plain(text: string): string {
  return text
    .replace(/[\0\s]+/g, ' ')
    .replace(/[\\`*_~[\]<>]/g, '\\$&')
    .trim();
}

function textOf(object: z.output<typeof textObject>): string {
  return object === undefined
    ? ''
    : object.type === 'plain_text'
      ? plain(object.text)
      : markdown(object.text);
}

function textOfBlocks(blocks: readonly unknown[]): string {
  return blocks
    .map(textOfBlock)
    .filter((text) => text.trim() !== '')
    .join('\n\n');
}

function textOfBlock(unread: unknown): string {
  const { data: block } = blockShape.safeParse(unread);
  switch (block?.type) {
    case 'header':
      return emphasised(textOf(block.text));
    case 'section':
      return lines(
        textOf(block.text),
        ...(block.fields ?? []).map(textOf),
        textOfElement(block.accessory),
      );
    case 'context':
    case 'actions':
      return (block.elements ?? []).map(textOfElement).filter(Boolean).join(' · ');
    case 'image':
      return addressed(textOf(block.title) || plain(block.alt_text ?? ''), block.image_url);
    case 'divider':
      return '---';
    case 'rich_text':
      return textOfRichText(block.elements ?? []);
    default:
      return '';
  }
}

/** A text, a picture, or a button that leads somewhere. Others need somebody to answer them. */
function textOfElement(unread: unknown): string {
  const { data: element } = elementShape.safeParse(unread);
  switch (element?.type) {
    case 'mrkdwn':
      return typeof element.text === 'string' ? markdown(element.text) : '';
    case 'plain_text':
      return typeof element.text === 'string' ? plain(element.text) : '';
    case 'image':
      return addressed(plain(element.alt_text ?? ''), element.image_url);
    case 'button': {
      const label = textOf(textObject.parse(element.text));
      return isWebAddress(element.url) ? addressed(label, element.url) : '';
    }
    default:
      return '';
  }
}

function textOfAttachment(unread: unknown): string {
  const { data: attachment } = attachmentShape.safeParse(unread);
  if (attachment === undefined) {
    return '';
  }
  const title = addressed(plain(attachment.title ?? ''), attachment.title_link);
  const told = lines(
    addressed(plain(attachment.author_name ?? ''), attachment.author_link),
    emphasised(title),
    markdown(attachment.text ?? ''),
    ...(attachment.fields ?? []).map(({ title: name = '', value = '' }) =>
      lines([emphasised(plain(name)), markdown(value)].filter(Boolean).join(': ')),
    ),
    textOfBlocks((attachment.blocks ?? []).slice(0, MAX_BLOCKS)),
    addressed('', attachment.image_url),
    (attachment.actions ?? []).map(textOfElement).filter(Boolean).join(' · '),
    plain(attachment.footer ?? ''),
  );
  const body = told || markdown(attachment.fallback ?? '');
  const sign = body === '' ? '' : signOf(attachment.color);
  return lines(markdown(attachment.pretext ?? ''), sign === '' ? body : `${sign} ${body}`);
}

function lines(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n');
}

function emphasised(text: string): string {
  return text === '' ? '' : `**${text}**`;
}

/** A label that leads somewhere, or the label alone where the address is none of the web. */
function addressed(label: string, address: string | undefined): string {
  if (!isWebAddress(address)) {
    return label;
  }
  return label === '' ? address : link(label.replace(/\\(.)/g, '$1'), address);
}

function isWebAddress(address: string | undefined): address is string {
  return (
    address !== undefined &&
    address.length <= MAX_ADDRESS_LENGTH &&
    /^https?:\/\/[^\s<>"']+$/i.test(address)
  );
}

/** The colours of signs, as red, green and blue. */
const SIGNS: readonly (readonly [string, number, number, number])[] = [
  ['🔴', 221, 46, 68],
  ['🟠', 244, 144, 12],
  ['🟡', 253, 203, 88],
  ['🟢', 120, 177, 89],
  ['🔵', 85, 172, 238],
  ['🟣', 170, 142, 214],
  ['🟤', 193, 105, 79],
  ['⚪', 230, 231, 232],
  ['⚫', 49, 55, 61],
];
const NAMED_COLOURS: Readonly<Record<string, string>> = { good: '🟢', warning: '🟡', danger: '🔴' };

/** The colour of an attachment as a sign, which every client can show: the nearest there is. */
function signOf(color: string | undefined): string {
  if (color !== undefined && Object.hasOwn(NAMED_COLOURS, color)) {
    return NAMED_COLOURS[color] ?? '';
  }
  const [, red, green, blue] =
    /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color ?? '') ?? [];
  if (red === undefined || green === undefined || blue === undefined) {
    return '';
  }
  const wished = [red, green, blue].map((part) => Number.parseInt(part, 16));
  const distance = (sign: (typeof SIGNS)[number]) =>
    wished.reduce((sum, part, index) => sum + (part - Number(sign[index + 1])) ** 2, 0);
  return SIGNS.reduce((nearest, sign) => (distance(sign) < distance(nearest) ? sign : nearest))[0];
}

/** What is longer than a message may be is cut: an alarm that is refused reaches nobody. */
function shortened(content: string): string {
  const letters = Array.from(content);
  return letters.length <= MAX_CONTENT_LENGTH
    ? content
    : `${letters.slice(0, MAX_CONTENT_LENGTH - 1).join('')}…`;
}
