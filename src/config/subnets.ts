import { BlockList, isIP } from 'node:net';

/**
 * Reads addresses and subnets, such as `10.0.0.0/8, ::1`.
 *
 * @returns undefined when one of them is none
 */
export function parseSubnets(text: string): BlockList | undefined {
  const list = new BlockList();
  for (const part of text.split(',')) {
    const [address = '', bits, ...rest] = part.trim().split('/');
    const family = isIP(address);
    const most = family === 4 ? 32 : 128;
    if (family === 0 || rest.length > 0 || (bits !== undefined && !isWholeNumber(bits, most))) {
      return undefined;
    }
    list.addSubnet(
      address,
      bits === undefined ? most : Number(bits),
      family === 4 ? 'ipv4' : 'ipv6',
    );
  }
  return list;
}

function isWholeNumber(text: string, most: number): boolean {
  return /^\d{1,3}$/.test(text) && Number(text) <= most;
}
