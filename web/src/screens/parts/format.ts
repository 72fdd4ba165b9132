import { useMemo } from 'react';
import { device } from '../../device.ts';
import { useView } from '../../trumpet.tsx';

/** The units that lengths of time are told in, the largest that divides them evenly first. */
const UNITS = [
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

const SIZES = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

export interface Format {
  number(value: number): string;
  /** Day and time. */
  moment(at: string): string;
  day(at: string): string;
  /** A length of time, in seconds, such as "8 hours". */
  duration(seconds: number): string;
  /** A size in bytes, such as "2.5 MB". */
  size(bytes: number): string;
}

/** Numbers and times as they are written in the language of the person. */
export function useFormat(): Format {
  const { language } = useView(device);
  return useMemo(() => createFormat(language), [language]);
}

function createFormat(language: string): Format {
  const numbers = new Intl.NumberFormat(language);
  const moments = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  const days = new Intl.DateTimeFormat(language, { dateStyle: 'long' });
  const inUnit = (value: number, unit: string, unitDisplay: 'long' | 'short') =>
    new Intl.NumberFormat(language, {
      style: 'unit',
      unit,
      unitDisplay,
      maximumFractionDigits: 1,
    }).format(value);
  return {
    number: (value) => numbers.format(value),
    moment: (at) => moments.format(new Date(at)),
    day: (at) => days.format(new Date(at)),
    duration(seconds) {
      const [unit, length] = UNITS.find(([, length]) => seconds % length === 0) ?? ['second', 1];
      return inUnit(seconds / length, unit, 'long');
    },
    size(bytes) {
      const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), SIZES.length - 1);
      return inUnit(bytes / 1000 ** step, SIZES[step] ?? 'byte', 'short');
    },
  };
}
