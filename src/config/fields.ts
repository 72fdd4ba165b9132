import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseSubnets } from './subnets.ts';

/*
 * The kinds of values that settings have. A problem is the rest of a sentence that begins with the setting's name.
 */

export const flag = z
  .enum(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'], { error: 'must be true or false' })
  .transform((text) => ['true', '1', 'yes', 'on'].includes(text));

export const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a whole number from 0 to 65535')
  .transform(Number)
  .refine((number) => number <= 65535, 'must be a whole number from 0 to 65535');

/** Origins, separated by commas; `*` is any. */
export const origins = z
  .string()
  .transform((text) => text.split(',').flatMap((part) => part.trim() || []))
  .refine(
    (list) => list.every((item) => item === '*' || isOrigin(item)),
    'must be origins like https://chat.example.org, separated by commas, or *',
  );

/** Addresses and subnets, separated by commas. */
export const subnets = z.string().transform((text, context) => {
  const list = parseSubnets(text);
  if (list === undefined) {
    context.addIssue({
      code: 'custom',
      message: 'must be addresses or subnets like 10.0.0.0/8, separated by commas',
    });
    return z.NEVER;
  }
  return list;
});

/** @param most where more is a mistake, or more than what it is given to can count */
export function wholeNumber(least: number, most?: number) {
  const problem =
    most === undefined
      ? `must be a whole number, ${least} or more`
      : `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, problem)
    .transform(Number)
    .refine((number) => number >= least && number <= (most ?? number), problem);
}

/** How long an answer from elsewhere may take: a timer of Node's that is set to more than 24 days ends at once. */
export const timeLimit = wholeNumber(1, 600_000);

export const hostAndPort = z
  .string()
  .refine((text) => URL.canParse(`tcp://${text}`) && /:\d{1,5}$/.test(text), {
    error: 'must be a host and a port, as in localhost:3310',
    abort: true,
  })
  .transform((text) => {
    const { hostname, port } = new URL(`tcp://${text}`);
    return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
  });

/** A file that must be there when the process starts. */
export function textFile() {
  return z.string().transform((path, context) => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      context.addIssue({ code: 'custom', message: `cannot be read: ${(error as Error).message}` });
      return z.NEVER;
    }
  });
}

export function jsonFile<T>(shape: z.ZodType<T>) {
  return textFile().transform((text, context) => {
    try {
      return shape.parse(JSON.parse(text));
    } catch {
      context.addIssue({ code: 'custom', message: 'does not hold what it should' });
      return z.NEVER;
    }
  });
}

export const jsonText = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'must be JSON' });
    return z.NEVER;
  }
});

/** An https address, or an http one of this very machine; undefined for any other. */
export function secureAddress(text: string): URL | undefined {
  const address = URL.parse(text);
  const isOwn = address !== null && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(address.hostname);
  return address !== null &&
    (address.protocol === 'https:' || (isOwn && address.protocol === 'http:'))
    ? address
    : undefined;
}

export function base64url(bytes: number) {
  return z
    .string()
    .refine(
      (text) => /^[\w-]+$/.test(text) && Buffer.from(text, 'base64url').length === bytes,
      `must be ${bytes} bytes in base64url`,
    );
}

export function urlOf(protocols: readonly string[], problem: string) {
  return z
    .string()
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
      error: problem,
      abort: true,
    });
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
