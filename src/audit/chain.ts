import { createHash } from 'node:crypto';

/** A link of the chain, and the entry that it is of. What is not there is null. */
export interface Link {
  readonly seq: number;
  /** Whether there is an entry, and a link: somebody may have taken one of them away. */
  readonly hasEntry: boolean;
  readonly hasLink: boolean;
  readonly kind: string | null;
  readonly operation: string | null;
  readonly microseconds: string | null;
  readonly workspaceId: string | null;
  readonly called: string | null;
  /** JSON as Postgres writes it, of who did it and of what was done. */
  readonly actor: string | null;
  readonly details: string | null;
  readonly actorSalt: string | null;
  readonly detailsSalt: string | null;
  /** Hex. */
  readonly actorDigest: string | null;
  readonly detailsDigest: string | null;
  readonly hash: string | null;
}

/** What the chain says was taken out of it: whole entries up to a number, and parts of others. */
export interface TakenOut {
  readonly untilSeq: number;
  readonly parts: ReadonlySet<string>;
}

export interface Problem {
  readonly seq: number;
  readonly problem: string;
}

/** What is before the first entry. */
export const FIRST_HASH = createHash('sha256').digest('hex');

const hex = (...parts: (string | Buffer)[]) => {
  const hash = createHash('sha256');
  for (const part of parts) {
    hash.update(part);
  }
  return hash.digest('hex');
};

/** What an entry makes of the hash before it: the same as `app_private.audit_hash`, byte by byte. */
export function hashOf(previousHash: string, link: Link): string {
  const text = [
    link.seq,
    link.microseconds,
    link.kind,
    link.operation,
    link.workspaceId ?? '',
    link.called ?? '',
    link.actorDigest,
    link.detailsDigest,
  ].join('\n');
  return hex(Buffer.from(previousHash, 'hex'), text);
}

/** What the chain keeps of something that may have to be erased. */
export function digestOf(salt: string, content: string): string {
  return hex(`${salt}\n${content}`);
}

/** What is wrong with an entry, seen from the one before it. Undefined: nothing. */
export function problemOf(
  link: Link,
  previous: { readonly seq: number; readonly hash: string },
  takenOut: TakenOut,
): string | undefined {
  if (!link.hasLink) {
    return 'was inserted: the chain knows nothing of it';
  }
  if (link.seq !== previous.seq + 1) {
    return `the chain goes from ${previous.seq} to this one: what was between them was removed`;
  }
  if (!link.hasEntry) {
    return link.seq > takenOut.untilSeq ? 'was removed: the chain knows of it' : undefined;
  }
  if (link.hash !== hashOf(previous.hash, link)) {
    return 'was changed, inserted or moved: it does not follow from the one before it';
  }
  if (!isAsCommitted(link.actorSalt, link.actor, link.actorDigest, `${link.seq} actor`)) {
    return 'was changed: somebody else did it, or who did it was taken away, and no entry says so';
  }
  if (!isAsCommitted(link.detailsSalt, link.details, link.detailsDigest, `${link.seq} details`)) {
    return 'was changed: what was done is not what it says, or was taken away, and no entry says so';
  }
  return undefined;

  function isAsCommitted(
    salt: string | null,
    content: string | null,
    digest: string | null,
    part: string,
  ): boolean {
    return salt === null
      ? takenOut.parts.has(part)
      : content !== null && digest === digestOf(salt, content);
  }
}
