import { isIP } from 'node:net';

/** For which site passkeys are made, and on which of its pages they are used. */
export interface RelyingParty {
  /** Its host name, which every passkey is bound to for ever. */
  readonly id: string;
  readonly name: string;
  readonly origins: readonly string[];
}

/**
 * What browsers make passkeys for: a host that has a name, reached by https or on this machine. Nothing that a request
 * says counts.
 *
 * @param publicUrl where clients reach this server
 * @param allowedOrigins other pages that may ask it: those of the same host name, or below it, may use its passkeys
 * @returns undefined where there are no passkeys
 */
export function relyingPartyOf(
  publicUrl: string,
  allowedOrigins: readonly string[],
): RelyingParty | undefined {
  const { hostname: id, origin } = new URL(publicUrl);
  const isOfSite = (other: string) => {
    const { protocol, hostname } = URL.canParse(other)
      ? new URL(other)
      : { protocol: '', hostname: '' };
    const isThisMachine = hostname === 'localhost' || hostname.endsWith('.localhost');
    return (
      (protocol === 'https:' || (protocol === 'http:' && isThisMachine)) &&
      (hostname === id || hostname.endsWith(`.${id}`))
    );
  };
  if (isIP(id) !== 0 || id.startsWith('[') || !isOfSite(origin)) {
    return undefined;
  }
  return { id, name: 'Trumpet', origins: [origin, ...allowedOrigins.filter(isOfSite)] };
}
