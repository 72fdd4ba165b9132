import type { ShownMessage } from '../../shown.ts';

/** Under which name and picture a bot posts, where it is not its own: `sender` of the metadata. */
export interface NamedSender {
  readonly name?: string;
  readonly picture?: string;
}

/** To be asked of messages of bots alone: people may write into their metadata what they like. */
export function namedSender({ metadata }: Pick<ShownMessage, 'metadata'>): NamedSender | undefined {
  const sender = propertyOf(metadata, 'sender');
  const name = propertyOf(sender, 'name');
  const picture = propertyOf(sender, 'picture');
  const named = {
    ...(typeof name === 'string' && name.trim() !== '' && { name: name.slice(0, 80) }),
    ...(typeof picture === 'string' && /^https?:\/\//i.test(picture) && { picture }),
  };
  return Object.keys(named).length === 0 ? undefined : named;
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
