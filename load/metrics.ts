/** What `/metrics` of a server says, by series. */
export type Figures = ReadonlyMap<string, number>;

/** Empty when nobody on this machine may read it. */
export async function readFigures(url: string): Promise<Figures> {
  try {
    const answer = await fetch(`${url}/metrics`);
    const text = answer.ok ? await answer.text() : '';
    return new Map(
      text
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => [line.replace(/ \S+$/, ''), Number(line.split(' ').at(-1))]),
    );
  } catch {
    return new Map();
  }
}

/** The sum of all series of a name, whatever their labels. */
export function sumOf(figures: Figures, name: string, label = ''): number {
  let sum = 0;
  for (const [series, value] of figures) {
    if ((series === name || series.startsWith(`${name}{`)) && series.includes(label)) {
      sum += value;
    }
  }
  return sum;
}

export function difference(after: Figures, before: Figures): Figures {
  return new Map(
    Array.from(after, ([series, value]) => [series, value - (before.get(series) ?? 0)]),
  );
}

/** Within how many seconds so large a part of what a histogram counts was; undefined where it counts nothing. */
export function within(figures: Figures, histogram: string, part: number): number | undefined {
  const buckets = new Map<number, number>();
  for (const [series, value] of figures) {
    const le = series.startsWith(`${histogram}_bucket{`) && /le="([^"]+)"/.exec(series)?.[1];
    if (le) {
      const limit = le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
      buckets.set(limit, (buckets.get(limit) ?? 0) + value);
    }
  }
  const total = buckets.get(Number.POSITIVE_INFINITY) ?? 0;
  return total === 0
    ? undefined
    : [...buckets].sort(([a], [b]) => a - b).find(([, count]) => count >= total * part)?.[0];
}
