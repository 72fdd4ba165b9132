import { emojiOfName } from './emoji-names.ts';
import type { Names } from './source.ts';

/** Stands for what is put back at the end. Of a private-use area: such a letter in a text is taken out first. */
const MARK = /\ue000(\d+)\ue001/g;
const BOLD = /(^|[\s\p{P}\ue001])(?<!\*)\*([^\s*](?:[^*\n]*[^\s*])?)\*(?=$|[\s\p{P}\ue000])/gmu;
const STRUCK = /(^|[\s\p{P}\ue001])~([^\s~](?:[^~\n]*[^\s~])?)~(?=$|[\s\p{P}\ue000])/gmu;
const PRIVATE = /[\ue000\ue001]/g;

/**
 * Slack's markup (mrkdwn) as Markdown that says the same: `*bold*` becomes `**bold**`, `<@U1>` becomes `@ada`,
 * `<https://example.org|site>` becomes a link, `:tada:` becomes 🎉. Code stays as it is.
 */
export function slackToMarkdown(text: string, names: Names): string {
  const kept: string[] = [];
  const keep = (piece: string) => `\ue000${kept.push(piece) - 1}\ue001`;
  const marked = text
    .replace(PRIVATE, '')
    .replace(/```([\s\S]*?)```/g, (_, code: string) => keep(codeBlock(code, names)))
    .replace(/`([^`\n]+)`/g, (_, code: string) => keep(`\`${plainText(code, names)}\``))
    .replace(/<([^<>\n]+)>/g, (_, inside: string) => keep(reference(inside, names)));
  const emphasised = marked
    .replace(BOLD, '$1**$2**')
    .replace(STRUCK, '$1~~$2~~')
    // A line that begins so is a heading in Markdown, and only looks odd in Slack.
    .replace(/^(#{1,6})(?=\s)/gm, '\\$1')
    .replace(/^• ?/gm, '- ')
    .replace(
      /:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/g,
      (whole, name: string) => emojiOfName(name) ?? whole,
    );
  // What was kept may hold a mark itself: a link within code.
  return unescaped(emphasised)
    .replace(MARK, (_, index) => kept[Number(index)] ?? '')
    .replace(MARK, (_, index) => kept[Number(index)] ?? '');
}

function codeBlock(code: string, names: Names): string {
  const text = plainText(code, names);
  return `\`\`\`${text.startsWith('\n') ? '' : '\n'}${text}${text.endsWith('\n') ? '' : '\n'}\`\`\``;
}

/** Within code nothing is marked up, but addresses stand in brackets all the same. */
function plainText(code: string, names: Names): string {
  return unescaped(
    code.replace(/<([^<>\n]+)>/g, (_, inside: string) => {
      const [target = '', label] = inside.split('|');
      return /^[@#!]/.test(target) ? reference(inside, names) : (label ?? target);
    }),
  );
}

/** What stands in angle brackets: a person, a room, a command, or an address. */
function reference(inside: string, names: Names): string {
  const [target = '', written] = inside.split(/\|(.*)/s);
  const label = written === undefined || written === '' ? undefined : unescaped(written);
  const id = target.slice(1);
  if (target.startsWith('@')) {
    return `@${names.usernameOf(id) ?? label?.replace(/^@/, '') ?? id}`;
  }
  if (target.startsWith('#')) {
    return `#${names.slugOf(id) ?? label?.replace(/^#/, '') ?? id}`;
  }
  if (target.startsWith('!')) {
    return (
      label ?? (/^!(here|channel|everyone)/.test(target) ? `@${id}` : (id.split('^')[0] ?? ''))
    );
  }
  const address = unescaped(target);
  if (!/^(https?:\/\/|mailto:)/i.test(address)) {
    return label ?? address;
  }
  const bare = address.replace(/^(https?:\/\/|mailto:)/i, '');
  return label === undefined || label === address || label === bare
    ? label === bare && address.startsWith('mailto:')
      ? bare
      : address
    : link(label, address);
}

/** A link in Markdown, whatever its label and its address are made of. */
export function link(label: string, address: string): string {
  return `[${label.replace(/[[\]\\]/g, '\\$&').replace(/\s+/g, ' ')}](<${address.replace(/[<>\s]/g, encodeURIComponent)}>)`;
}

function unescaped(text: string): string {
  return text.replace(
    /&(lt|gt|amp);/g,
    (_, name) => ({ lt: '<', gt: '>', amp: '&' })[name as 'lt'] ?? '',
  );
}
