import type { Report } from './report.ts';
import type { SourceMessage, SourcePerson, SourceRoom } from './source.ts';

/*
 * What Trumpet would refuse is bent and reported, not lost. The rules are those of docs/import.md.
 */
const CONTENT_CAP = 8_000;
const METADATA_CAP_BYTES = 8_192;
const EMOJI_CAP = 50;
const FILES_CAP = 10;
const NAME_CAP = 80;
const DESCRIPTION_CAP = 1_000;
const EARLIEST = '2000-01-01T00:00:00.000000Z';
// Postgres takes some letters for blanks that JavaScript does not.
const AVATAR = /^https?:\/\/[^\s\p{Cc}\p{Cf}\p{Z}<>"']{1,2000}$/u;
const EMAIL = /^[^@\s\p{Cc}\p{Cf}\p{Z}]+@[^@\s\p{Cc}\p{Cf}\p{Z}]+\.[^@\s\p{Cc}\p{Cf}\p{Z}]+$/u;

/** A person as they can be made. */
export function bendPerson(person: SourcePerson, report: Report): SourcePerson {
  const email = person.email?.trim();
  const isAddress = email !== undefined && EMAIL.test(email) && email.length <= 254;
  if (email !== undefined && email !== '' && !isAddress) {
    report.note('e-mail address left out, because it is none', person.sourceId);
  }
  const avatarUrl =
    person.avatarUrl !== undefined && AVATAR.test(person.avatarUrl) ? person.avatarUrl : undefined;
  return { ...person, email: isAddress ? email : undefined, avatarUrl };
}

/** A room as it can be made. */
export function bendRoom(room: SourceRoom, report: Report): SourceRoom {
  const name = oneLine(room.name) || oneLine(room.slug) || 'Room';
  if ([...name].length > NAME_CAP) {
    report.note(`name of a room cut to ${NAME_CAP} characters`, name);
  }
  const description = room.description?.trim() ?? '';
  if ([...description].length > DESCRIPTION_CAP) {
    report.note(`description of a room cut to ${DESCRIPTION_CAP} characters`, name);
  }
  return {
    ...room,
    name: cut(name, NAME_CAP),
    description: cut(description, DESCRIPTION_CAP) || undefined,
    createdAt: room.createdAt < EARLIEST ? EARLIEST : room.createdAt,
  };
}

/**
 * A message as it can be kept: one, or several that say what the one said, or none.
 *
 * @param now an ISO time: what is from later is from now
 */
export function* bendMessage(
  message: SourceMessage,
  now: string,
  report: Report,
): Generator<SourceMessage> {
  const bent: SourceMessage = {
    ...message,
    sentAt: bendTime(message, now, report),
    editedAt: within(message.editedAt, now),
    deletedAt: within(message.deletedAt, now),
    pinnedAt: within(message.pinnedAt, now),
    metadata: bendMetadata(message, report),
    reactions: bendReactions(message, report)?.map((reaction) => ({
      ...reaction,
      at: within(reaction.at, now),
    })),
    edits: message.edits?.map((edit) => ({ ...edit, editedAt: within(edit.editedAt, now) ?? now })),
  };
  if (message.content === null) {
    // Nothing hangs on what was deleted.
    yield { ...bent, pinnedAt: undefined, reactions: [], edits: [], files: [] };
    return;
  }
  const files = inChunks(message.files ?? [], FILES_CAP);
  const texts = split(message.content);
  const count = Math.max(texts.length, files.length);
  if (count === 0) {
    report.note('message not taken, because there is no text in it', message.sourceId);
    return;
  }
  if (texts.length > 1) {
    report.note(
      `message continued in the next, because a message has at most ${CONTENT_CAP} characters`,
      message.sourceId,
    );
  }
  if (files.length > 1) {
    report.note(
      `message continued in the next, because a message has at most ${FILES_CAP} files`,
      message.sourceId,
    );
  }
  for (let index = 0; index < count; index += 1) {
    const part = { content: texts[index] ?? '', files: files[index] ?? [] };
    const { reactions, pinnedAt, edits, ...rest } = bent;
    yield index === 0
      ? { ...bent, ...part }
      : { ...rest, ...part, sourceId: `${message.sourceId}#${index + 1}` };
  }
}

function inChunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

function bendTime({ sentAt, sourceId }: SourceMessage, now: string, report: Report): string {
  if (sentAt > now) {
    report.note('message of the future given the time of the import', sourceId);
    return now;
  }
  if (sentAt < EARLIEST) {
    report.note('message from before the year 2000 given its first moment', sourceId);
    return EARLIEST;
  }
  return sentAt;
}

/** What happened to a message before 2000, or after now, happened at the first moment that can be, or now. */
function within(time: string | undefined, now: string): string | undefined {
  if (time === undefined) {
    return undefined;
  }
  return time > now ? now : time < EARLIEST ? EARLIEST : time;
}

function bendMetadata(
  { metadata = {}, sourceId }: SourceMessage,
  report: Report,
): Record<string, unknown> {
  if (sizeInPostgres(metadata) > METADATA_CAP_BYTES) {
    report.note('metadata left out, because it has more than 8 kB', sourceId);
    return {};
  }
  return { ...metadata };
}

/** How many bytes a value has as Postgres writes it: with a blank behind each comma and colon, and numbers in full. */
function sizeInPostgres(value: unknown): number {
  if (typeof value === 'object' && value !== null) {
    const inner = Array.isArray(value)
      ? value.map(sizeInPostgres)
      : Object.entries(value).map(([name, one]) => sizeInPostgres(name) + 2 + sizeInPostgres(one));
    return inner.reduce((sum, size) => sum + size, 2) + 2 * Math.max(0, inner.length - 1);
  }
  const text = JSON.stringify(value) ?? 'null';
  return /e/.test(text) && typeof value === 'number' ? 400 : Buffer.byteLength(text);
}

function bendReactions(
  { reactions = [], sourceId }: SourceMessage,
  report: Report,
): SourceMessage['reactions'] {
  const emoji = new Set<string>();
  const kept = reactions.filter((reaction) => {
    if (emoji.size < EMOJI_CAP) {
      emoji.add(reaction.emoji);
    }
    return emoji.has(reaction.emoji);
  });
  if (kept.length < reactions.length) {
    report.note(
      `reactions not taken, because a message has at most ${EMOJI_CAP} emoji`,
      sourceId,
      reactions.length - kept.length,
    );
  }
  return kept;
}

/** Parts of a text that fit, cut at the end of a line or a word where there is one. */
function split(content: string): string[] {
  const parts: string[] = [];
  let rest = content;
  while (rest.length > CONTENT_CAP && [...rest].length > CONTENT_CAP) {
    // As Postgres counts: code points.
    const window = cut(rest, CONTENT_CAP);
    const at = [window.lastIndexOf('\n'), window.lastIndexOf(' ')].find(
      (index) => index > window.length / 2,
    );
    const part = at === undefined ? window : window.slice(0, at);
    parts.push(part);
    rest = rest.slice(part.length);
  }
  parts.push(rest);
  return parts.filter((part) => /[^\s\p{Cf}\p{Cc}\u115f\u1160\u2800\u3164\uffa0\p{M}]/u.test(part));
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : [...text.slice(0, length * 2)].slice(0, length).join('');
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
}
