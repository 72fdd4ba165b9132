const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** As people say it: `1 hour`, `7 days`; in the greatest unit that it is whole in. */
export function lengthOfTime(language: string, seconds: number): string {
  const [unit, size] = UNITS.find((each) => seconds % each[1] === 0) ?? ['second', 1];
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit,
    unitDisplay: 'long',
  }).format(seconds / size);
}
