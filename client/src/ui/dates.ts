import type { Words } from './words/en.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

function format(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${JSON.stringify(options)}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat(language, options);
  formats.set(key, known);
  return known;
}

/** Such as 14:05. */
export function timeOf({ language }: Words, at: string): string {
  return format(language, { hour: 'numeric', minute: '2-digit' }).format(new Date(at));
}

/** Without "AM" and "PM", for narrow places beside others that say it. */
export function shortTimeOf({ language }: Words, at: string): string {
  return format(language, { hour: 'numeric', minute: '2-digit' })
    .formatToParts(new Date(at))
    .filter(({ type }) => type !== 'dayPeriod')
    .map(({ value }) => value)
    .join('')
    .trim();
}

/** With the day, for screen readers and tooltips. */
export function momentOf({ language }: Words, at: string): string {
  return format(language, { dateStyle: 'full', timeStyle: 'short' }).format(new Date(at));
}

/** Such as "Yesterday" or "Friday, 20 November". */
export function dayOf(words: Words, at: string): string {
  const date = new Date(at);
  switch (daysSince(date)) {
    case 0:
      return words.today;
    case 1:
      return words.yesterday;
  }
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  return format(words.language, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(isThisYear ? {} : { year: 'numeric' }),
  }).format(date);
}

/** As short as can be, for lists: the time today, the weekday this week, else the date. */
export function shortDateOf(words: Words, at: string): string {
  const date = new Date(at);
  const days = daysSince(date);
  if (days === 0) {
    return timeOf(words, at);
  }
  if (days === 1) {
    return words.yesterday;
  }
  return days < 7
    ? format(words.language, { weekday: 'short' }).format(date)
    : format(words.language, { day: 'numeric', month: 'numeric', year: '2-digit' }).format(date);
}

/** Such as 1:05. */
export function durationOf(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** As a field for a day and a time has it, where the person is: `2030-03-31T09:00`. */
export function localTimeOf(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

function daysSince(date: Date): number {
  const midnight = (of: Date) => new Date(of.getFullYear(), of.getMonth(), of.getDate()).getTime();
  return Math.round((midnight(new Date()) - midnight(date)) / 86_400_000);
}
