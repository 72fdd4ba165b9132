/**
 * How data begins, as ITU-T T.35 registers it, that is shown or that colours are made by: what is said (GA94 and DTG1 of
 * ATSC), HDR10+, Dolby Vision, HDR Vivid. Whoever else has registered a number may write anything.
 */
const KNOWN = ['b5003147413934', 'b5003144544731', 'b5003c0001', 'b5003b', '26000400'].map((hex) =>
  Buffer.from(hex, 'hex'),
);

/** Whether data of ITU-T T.35, which begins with its country, is needed to show a video. */
export function isKnownRegistered(data: Buffer): boolean {
  return KNOWN.some((head) => data.subarray(0, head.length).equals(head));
}
