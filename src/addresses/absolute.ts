/**
 * A path on this server as an address that works from anywhere.
 *
 * @param publicUrl where clients reach this server; may have a path of its own
 * @param path begins with a slash
 */
export function absoluteAddress(publicUrl: string, path: string): string {
  return publicUrl.replace(/\/+$/, '') + path;
}

/**
 * The address of the page at another host name, with the scheme, port and path of the one that is known.
 *
 * @param publicUrl where clients reach this server
 * @param host has to be one that an administrator has named, never what a request says
 */
export function addressAtHost(publicUrl: string, host: string): string {
  const address = new URL(publicUrl);
  address.hostname = host;
  return address.href.replace(/\/+$/, '');
}

/**
 * Where the people of a workspace open the chat.
 *
 * @param hosts by which they come to their workspace, the first one first; where there is none it is the usual address
 */
export function addressOfWorkspace(publicUrl: string, hosts: readonly string[]): string {
  const [first] = hosts;
  return first === undefined || hosts.includes(new URL(publicUrl).hostname)
    ? publicUrl
    : addressAtHost(publicUrl, first);
}
