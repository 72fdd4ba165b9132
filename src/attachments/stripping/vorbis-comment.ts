/**
 * How a list of comments begins that has none: no name of an encoder, no entries. What follows in the same packet,
 * decoders skip.
 */
const NO_COMMENTS = Buffer.alloc(8);

/** By how the packet of comments begins, in all codecs that have one like Vorbis'. */
const HEADS: Record<'vorbis' | 'opus' | 'theora' | 'speex' | 'vp8', Buffer> = {
  vorbis: Buffer.from('\x03vorbis', 'latin1'),
  opus: Buffer.from('OpusTags', 'latin1'),
  theora: Buffer.from('\x81theora', 'latin1'),
  speex: Buffer.alloc(0),
  vp8: Buffer.from('OVP80\x02 ', 'latin1'),
};

export type CommentedCodec = keyof typeof HEADS;

/** What a packet of comments begins with when it has none; zeros follow, so that it stays as long as it was. */
export function withoutComments(codec: CommentedCodec): Buffer {
  const framing = codec === 'vorbis' ? Buffer.from([1]) : Buffer.alloc(0);
  return Buffer.concat([HEADS[codec], NO_COMMENTS, framing]);
}
