/**
 * A path on this server as an address that works from anywhere.
 *
 * @param publicUrl where clients reach this server; may have a path of its own
 * @param path begins with a slash
 */
export function absoluteAddress(publicUrl: string, path: string): string {
  return publicUrl.replace(/\/+$/, '') + path;
}
