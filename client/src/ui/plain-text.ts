import type { Attachment, Message } from '../replica/model.ts';
import { isVoice } from './kinds.ts';
import type { Words } from './words/en.ts';

interface PlainMessage extends Pick<Message, 'content' | 'deletedAt'> {
  readonly attachments: readonly Pick<Attachment, 'filename'>[];
}

/** A message in one line, for lists, quotes and screen readers. */
export function plainText(words: Words, { content, deletedAt, attachments }: PlainMessage): string {
  if (deletedAt !== null || content === null) {
    return words.deleted;
  }
  const text = content
    .replace(/```\w*\n?|`/g, '')
    .replace(/(\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1/gs, '$2')
    .replace(/\[((?:\\.|[^\]\\])+)\]\([^)\s]+\)/g, '$1')
    .replace(/^[>#]+ /gm, '')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
  const files = attachments.map((file) => (isVoice(file) ? words.voiceMessage : file.filename));
  return [text, ...(text === '' ? files : [])].filter((part) => part !== '').join(', ');
}
