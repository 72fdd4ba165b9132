/*
 * What an import knows of the system that it is from: people, rooms and messages in one shape, whatever the format. Each
 * format has a file of its own that reads it into this shape; writing does not know where it came from.
 */

export interface SourcePerson {
  /** What names them in the source. Stays the same in every export of it. */
  readonly sourceId: string;
  /** As they would like to be called; bent where it is taken or reserved. */
  readonly username: string;
  readonly displayName: string;
  readonly email?: string | undefined;
  readonly avatarUrl?: string | undefined;
  /** Whether they had left, or were shut out. */
  readonly isDeactivated?: boolean;
  /** Whether they are no person. */
  readonly isBot?: boolean;
}

export interface SourceMember {
  /** The source id of the person. */
  readonly personId: string;
  readonly role: 'member' | 'moderator' | 'admin' | 'owner';
}

export interface SourceRoom {
  readonly sourceId: string;
  readonly type: 'public' | 'private' | 'direct';
  readonly slug: string;
  readonly name: string;
  readonly description?: string | undefined;
  /** An ISO 8601 time in UTC. */
  readonly createdAt: string;
  readonly members: readonly SourceMember[];
  readonly isArchived: boolean;
}

export interface SourceReaction {
  readonly emoji: string;
  /** The source id of the person. */
  readonly personId: string;
  readonly at?: string | undefined;
}

export interface SourceMessage {
  /** Begins with the id of the room: no message of another room can be meant by it. */
  readonly sourceId: string;
  readonly roomId: string;
  readonly authorId: string;
  /** An ISO 8601 time in UTC, to the microsecond where the source has it. */
  readonly sentAt: string;
  /** Null of one that was deleted. */
  readonly content: string | null;
  readonly type: 'text' | 'image' | 'video' | 'audio' | 'file' | 'system';
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly parentId?: string | undefined;
  /** An answer that stands in the history of the room as well. */
  readonly alsoSentToRoom?: boolean | undefined;
  readonly editedAt?: string | undefined;
  readonly deletedAt?: string | undefined;
  readonly pinnedAt?: string | undefined;
  readonly reactions?: readonly SourceReaction[];
  /** What it said before, and until when. */
  readonly edits?: readonly { readonly content: string; readonly editedAt: string }[];
  readonly files?: readonly SourceFile[];
}

export interface SourceFile {
  readonly sourceId: string;
  readonly name: string;
  /** Where it may be in the archive, or in the folder that was given: the first that is there counts. */
  readonly paths: readonly string[];
  /** Where the source has it. */
  readonly address?: string | undefined;
}

/** What is known of the people and rooms once they are there, for texts that name them. */
export interface Names {
  /** The username of a person of the source. */
  usernameOf(personId: string): string | undefined;
  /** The slug of a room of the source. */
  slugOf(roomId: string): string | undefined;
}

export interface Source {
  /** Names it among the imports: the same for every export of the same system. */
  readonly name: string;
  /** Rooms come after people, and messages after both; who is met only in a message is given with it. */
  people(): AsyncIterable<SourcePerson>;
  rooms(): AsyncIterable<SourceRoom>;
  messages(names: Names): AsyncIterable<SourceMessage | SourcePerson>;
}

/** A format that can be read. */
export type OpenSource = (
  archive: import('./archive.ts').Archive,
  report: import('./report.ts').Report,
) => Promise<Source>;
