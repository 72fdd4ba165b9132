/** Stands for what is put back at the end. Of a private-use area: such a letter in a text is taken out first. */
const MARK = /\ue000(\d+)\ue001/g;
const PRIVATE = /[\ue000\ue001]/g;
/** Keeps a sign from being read as markup where Slack has no way to write it as it is: nobody sees it. */
const WORD_JOINER = '\u2060';
const BEFORE = String.raw`(^|[\s\p{P}\ue001])`;
const AFTER = String.raw`(?=$|[\s\p{P}\ue000])`;
/** What a pair of signs encloses: no blank at its ends, and all in one line. */
const between = (sign: string) => String.raw`([^\s${sign}](?:[^${sign}\n]*[^\s${sign}])?)`;
const both = (text: string) => new RegExp(`${BEFORE}${text}${AFTER}`, 'gmu');
const BOLD_ITALIC = both(String.raw`\*\*\*${between('*')}\*\*\*`);
const BOLD = both(String.raw`\*\*([^\s*](?:(?:[^*\n]|\*(?!\*))*[^\s*])?)\*\*`);
const UNDERLINED_BOLD = both(`__${between('_')}__`);
const ITALIC = both(String.raw`\*${between('*')}\*`);
const STRUCK = both(`~~${between('~')}~~`);
const LINK = /(?<!!)\[((?:[^[\]\\\n]|\\.)+)\]\((?:<([^<>\n]*)>|([^\s()<>]*))\)/g;
const ADDRESS = /https?:\/\/[^\s<>|\ue000\ue001]*[^\s<>|\ue000\ue001.,;:!?'")\]*_~]/gi;
const MENTION = /(?<![a-zA-Z0-9@/\\\u00c0-\u024f])[@＠]([a-z0-9][a-z0-9_.-]*)/gi;
const ROOM = /(?<![\p{L}\p{N}_&#/])#([a-z0-9][a-z0-9-]*)(?![\p{L}\p{N}_-])/gu;

/** What people and rooms are called in the export. */
export interface SlackIds {
  /** The id of a person that the text mentions by a username in lower case. */
  ofPerson(username: string): string | undefined;
  ofRoom(slug: string): string | undefined;
}

/**
 * Markdown as Slack's mrkdwn that says the same, as far as it can: `**bold**` becomes `*bold*`, `@ada` becomes `<@U1>`, a
 * link `<https://example.org|site>`, and a heading a bold line. Code stays as it is, but for the name of its language.
 */
export function markdownToSlack(text: string, ids: SlackIds): string {
  const kept: string[] = [];
  const keep = (piece: string) => `\ue000${kept.push(piece) - 1}\ue001`;
  const mention = (whole: string, written: string) => {
    for (let end = written.length; end > 0; end -= 1) {
      const id = ids.ofPerson(written.slice(0, end).toLowerCase());
      if (id !== undefined) {
        return keep(`<@${id}>`) + written.slice(end);
      }
      if (!/[._-]/.test(written[end - 1] ?? '')) {
        break;
      }
    }
    return whole;
  };
  const marked = text
    .replace(PRIVATE, '')
    .replace(
      /^(```|~~~)[^\n`]*\n([\s\S]*?)(?:\n?^\1[ \t]*$|$(?![\s\S]))/gm,
      (_, _sign, code: string) => keep(`\`\`\`\n${escaped(code)}\n\`\`\``),
    )
    .replace(/`([^`\n]+)`/g, (_, code: string) => keep(`\`${escaped(code)}\``))
    .replace(/\\([\\`*_{}[\]()#+\-.!~>|])/g, (_, sign: string) =>
      keep(/[*_~`]/.test(sign) ? WORD_JOINER + sign : escaped(sign)),
    )
    .replace(LINK, (whole, label: string, bracketed?: string, bare?: string) => {
      const address = bracketed ?? bare ?? '';
      return /^(https?:\/\/|mailto:)/i.test(address)
        ? keep(`<${target(address)}|${escaped(labelOf(label, kept))}>`)
        : whole;
    })
    .replace(/<((?:https?:\/\/|mailto:)[^<>\s]+)>/gi, (_, address: string) =>
      keep(`<${target(address)}>`),
    )
    .replace(ADDRESS, (address) => keep(`<${target(address)}>`))
    .replace(MENTION, mention)
    .replace(ROOM, (whole, slug: string) => {
      const id = ids.ofRoom(slug);
      return id === undefined ? whole : keep(`<#${id}|${slug}>`);
    });
  const bold = '\ue002';
  const emphasised = marked
    .replace(/\ue002/g, '')
    .replace(/^#{1,6}[ \t]+(.*?)[ \t]*#*$/gm, (_, title: string) =>
      title === '' ? '' : `${bold}${title.replace(/\*\*|__/g, '')}${bold}`,
    )
    .replace(/^([ \t]*)[*+-] (?=\S)/gm, '$1• ')
    .replace(BOLD_ITALIC, `$1${bold}_$2_${bold}`)
    .replace(BOLD, `$1${bold}$2${bold}`)
    .replace(UNDERLINED_BOLD, `$1${bold}$2${bold}`)
    .replace(ITALIC, '$1_$2_')
    .replace(STRUCK, '$1~$2~')
    .replaceAll(bold, '*');
  return escaped(emphasised)
    .replace(MARK, (_, index) => kept[Number(index)] ?? '')
    .replace(MARK, (_, index) => kept[Number(index)] ?? '');
}

/** A label may hold what was kept before: code, or an escaped sign. */
function labelOf(label: string, kept: readonly string[]): string {
  return label
    .replace(MARK, (_, index) => kept[Number(index)] ?? '')
    .replaceAll(WORD_JOINER, '')
    .replace(/\\(.)/g, '$1');
}

/** Nothing in an address may end it. */
function target(address: string): string {
  return escaped(address.replace(/[<>|\s]/g, encodeURIComponent));
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? '');
}
