import type { IncomingMessage } from 'node:http';

/**
 * The host name that a request was sent to, without its port, as workspaces are found by it. Undefined where there is
 * none. Whoever sends it may write what they like: it only says where they want to sign in.
 */
export function hostNameOf({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  const [, name] = /^([a-z0-9.-]{1,253}?)\.?(?::\d+)?$/i.exec(headers.host ?? '') ?? [];
  return name?.toLowerCase();
}
