import { type Box, slice } from './boxes.ts';
import { BrokenFile, type Stretch } from './copy.ts';

/** Videos have some ten thousand pieces, each of some samples of one track. */
const MAX_CHUNKS = 1_000_000;
const MAX_SAMPLES = 8_000_000;

/** The samples of a track that follow each other in the file. */
export interface Chunk {
  readonly start: number;
  readonly sampleCount: number;
  readonly firstSample: number;
}

/** How many bytes each sample has: all the same, or one by one. */
export interface SampleSizes {
  readonly count: number;
  /** Zero when they differ. */
  readonly all: number;
  of(sample: number): number;
}

/** Where the pieces of a track are, by its tables `stsc` and `stco` or `co64`. */
export function chunksOf(bytes: Buffer, tables: ReadonlyMap<string, Box>): Chunk[] {
  const runs = tables.get('stsc');
  const long = tables.get('co64');
  const offsets = tables.get('stco') ?? long;
  if (runs === undefined || offsets === undefined) {
    throw new BrokenFile('A track without places');
  }
  const runCount = slice(bytes, runs.content + 4, 4).readUInt32BE();
  const run = (index: number) => slice(bytes, runs.content + 8 + index * 12, 8);
  const chunkCount = slice(bytes, offsets.content + 4, 4).readUInt32BE();
  if (chunkCount > MAX_CHUNKS) {
    throw new BrokenFile('Too many pieces');
  }
  const chunks: Chunk[] = [];
  let firstSample = 0;
  let at = 0;
  for (let index = 0; index < chunkCount; index++) {
    while (at + 1 < runCount && run(at + 1).readUInt32BE() <= index + 1) {
      at++;
    }
    const sampleCount = runCount === 0 ? 0 : run(at).readUInt32BE(4);
    const start =
      long === undefined
        ? slice(bytes, offsets.content + 8 + index * 4, 4).readUInt32BE()
        : Number(slice(bytes, offsets.content + 8 + index * 8, 8).readBigUInt64BE());
    chunks.push({ start, sampleCount, firstSample });
    firstSample += sampleCount;
  }
  return chunks;
}

/** How large the samples of a track are, by its table `stsz` or `stz2`. */
export function sampleSizes(bytes: Buffer, tables: ReadonlyMap<string, Box>): SampleSizes {
  const box = tables.get('stsz') ?? tables.get('stz2');
  if (box === undefined) {
    throw new BrokenFile('A track without sizes');
  }
  const head = slice(bytes, box.content + 4, 8);
  const count = head.readUInt32BE(4);
  const all = box.type === 'stsz' ? head.readUInt32BE() : 0;
  const bits = box.type === 'stsz' ? 32 : (head[3] as number);
  if (all === 0 && (count > MAX_SAMPLES || ![4, 8, 16, 32].includes(bits))) {
    throw new BrokenFile('Too many samples');
  }
  const table = all === 0 ? slice(bytes, box.content + 12, Math.ceil((count * bits) / 8)) : bytes;
  return {
    count,
    all,
    of(sample) {
      if (all !== 0) {
        return all;
      }
      if (sample >= count) {
        return 0;
      }
      if (bits === 4) {
        return ((table[sample >> 1] as number) >> (sample % 2 === 0 ? 4 : 0)) & 0xf;
      }
      return table.readUIntBE((sample * bits) / 8, bits / 8);
    },
  };
}

/** The samples of the pieces, one by one. */
export function* samplesOf(chunks: readonly Chunk[], sizes: SampleSizes): Generator<Stretch> {
  for (const { start, sampleCount, firstSample } of chunks) {
    let offset = start;
    const last = Math.min(firstSample + sampleCount, sizes.count);
    for (let sample = firstSample; sample < last; sample++) {
      const end = offset + sizes.of(sample);
      yield { start: offset, end };
      offset = end;
    }
  }
}
