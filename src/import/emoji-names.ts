import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * The names that Slack and Mattermost have for emoji, from emojibase's list of them (`en/shortcodes/iamcal.json`); a test
 * holds the two together.
 */
const NAMES: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'emoji-names.json'), 'utf8'),
);
const SKIN_TONES = new Map(
  ['🏻', '🏼', '🏽', '🏾', '🏿'].map((tone, index) => [`skin-tone-${index + 2}`, tone]),
);

/** All of the names. */
export function emojiNames(): readonly string[] {
  return Object.keys(NAMES);
}

/** The emoji of a name such as `thumbsup` or `wave::skin-tone-3`; undefined for one that is the source's own. */
export function emojiOfName(name: string): string | undefined {
  const [plain = '', tone] = name.split('::');
  const emoji = Object.hasOwn(NAMES, plain) ? NAMES[plain] : undefined;
  const colour = tone === undefined ? undefined : SKIN_TONES.get(tone);
  if (emoji === undefined || colour === undefined) {
    return emoji;
  }
  // The tone stands behind the first letter, in the place of the sign that asks for a picture.
  const [first = '', ...others] = [...emoji];
  const coloured = [
    first,
    colour,
    ...others.filter((letter, index) => index > 0 || letter !== '\ufe0f'),
  ].join('');
  return isEmoji(coloured) ? coloured : emoji;
}

let names: ReadonlyMap<string, string> | undefined;

/** The name of an emoji, with its tone; undefined for one that has none. */
export function nameOfEmoji(emoji: string): string | undefined {
  // Of several names the first counts.
  names ??= new Map(
    Object.entries(NAMES)
      .reverse()
      .map(([name, named]) => [bare(named), name]),
  );
  const name = names.get(bare(emoji));
  if (name !== undefined) {
    return name;
  }
  const [toneName, tone] = [...SKIN_TONES].find(([, sign]) => emoji.includes(sign)) ?? [];
  const plain = tone === undefined ? undefined : names.get(bare(emoji.replace(tone, '')));
  const toned = `${plain}::${toneName}`;
  return plain !== undefined && bare(emojiOfName(toned) ?? '') === bare(emoji) ? toned : undefined;
}

/** Without the sign that asks for a picture: there are emoji with it and without. */
function bare(emoji: string): string {
  return emoji.replaceAll('\ufe0f', '');
}

/** Whether it is one emoji, as Unicode recommends them. */
export function isEmoji(text: string): boolean {
  return /^\p{RGI_Emoji}$/v.test(text) || /^\p{Extended_Pictographic}\ufe0f?$/u.test(text);
}
