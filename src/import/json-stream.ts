import type { Readable } from 'node:stream';
import type { Archive } from './archive.ts';
import type { Report } from './report.ts';

/** As large may one message be, with all its reactions. */
export const ELEMENT_CAP = 16_000_000;
/** So many values may stand within one another: what is deeper cannot be written again, here or in Postgres. */
const DEPTH_CAP = 100;

export type JsonPart =
  /** What stands around the array, once, before its first element: an object without the array's content, or null. */
  | { readonly kind: 'head'; readonly value: unknown }
  | { readonly kind: 'element'; readonly value: unknown }
  /** An element that cannot be taken, and why. */
  | {
      readonly kind: 'problem';
      readonly reason: 'too large' | 'too deep' | 'not JSON' | 'cut off' | 'not UTF-8';
    };

/**
 * Reads the objects of a JSON array one by one, however long it is: of an array, or of the first array of an object.
 * What is broken costs itself and not the rest. Bytes that are no UTF-8 become U+FFFD.
 */
export async function* jsonElements(stream: Readable): AsyncGenerator<JsonPart> {
  const decoder = new TextDecoder('utf-8');
  /** The containers that are open, from outside to inside. */
  const open: ('{' | '[')[] = [];
  let outside = '';
  let element: string[] | undefined;
  let elementLength = 0;
  let isInString = false;
  let isEscaped = false;
  let hasHead = false;
  let isTooLarge = false;
  let isUtf8 = true;

  function* scan(text: string): Generator<JsonPart> {
    let start = 0;
    for (let index = 0; index < text.length; index += 1) {
      const letter = text.charCodeAt(index);
      if (isInString) {
        if (isEscaped) {
          isEscaped = false;
        } else if (letter === 0x5c) {
          isEscaped = true;
        } else if (letter === 0x22) {
          isInString = false;
        }
        continue;
      }
      if (letter === 0x22) {
        isInString = true;
      } else if (letter === 0x7b || letter === 0x5b) {
        if (letter === 0x7b && element === undefined && isOfArray(open)) {
          outside += text.slice(start, index);
          if (!hasHead) {
            hasHead = true;
            yield { kind: 'head', value: headOf(outside, open) };
          }
          outside = '';
          start = index;
          element = [];
        }
        open.push(letter === 0x7b ? '{' : '[');
      } else if (letter === 0x7d || letter === 0x5d) {
        open.pop();
        if (element !== undefined && isOfArray(open)) {
          take(text.slice(start, index + 1));
          start = index + 1;
          yield finish(element, isTooLarge);
          element = undefined;
          elementLength = 0;
          isTooLarge = false;
        }
      }
    }
    if (element === undefined) {
      outside = hasHead ? '' : outside + text.slice(start);
    } else {
      take(text.slice(start));
    }
  }

  function take(text: string): void {
    elementLength += text.length;
    if (elementLength > ELEMENT_CAP) {
      isTooLarge = true;
      element = [];
    } else {
      element?.push(text);
    }
  }

  for await (const chunk of stream) {
    const text = decoder.decode(chunk as Buffer, { stream: true });
    isUtf8 &&= !text.includes('\ufffd');
    yield* scan(text);
    if (outside.length > ELEMENT_CAP) {
      yield { kind: 'problem', reason: 'too large' };
      return;
    }
  }
  if (!isUtf8) {
    yield { kind: 'problem', reason: 'not UTF-8' };
  }
  if (open.length > 0 || isInString) {
    yield { kind: 'problem', reason: 'cut off' };
  } else if (!hasHead && outside.trim() !== '') {
    const value = parse([outside]);
    yield isDeep(value)
      ? { kind: 'problem', reason: 'too deep' }
      : value === undefined
        ? { kind: 'problem', reason: 'not JSON' }
        : { kind: 'head', value };
  }
}

function isOfArray(open: readonly string[]): boolean {
  return (
    (open.length === 1 && open[0] === '[') ||
    (open.length === 2 && open[0] === '{' && open[1] === '[')
  );
}

function headOf(outside: string, open: readonly string[]): unknown {
  const head = open.length === 2 ? (parse([`${outside}]}`]) ?? null) : null;
  return isDeep(head) ? null : head;
}

function finish(pieces: readonly string[], isTooLarge: boolean): JsonPart {
  if (isTooLarge) {
    return { kind: 'problem', reason: 'too large' };
  }
  const value = parse(pieces);
  if (isDeep(value)) {
    return { kind: 'problem', reason: 'too deep' };
  }
  return value === undefined ? { kind: 'problem', reason: 'not JSON' } : { kind: 'element', value };
}

/** Whether more values stand within one another than anybody means. */
export function isDeep(value: unknown, left = DEPTH_CAP): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    (left === 0 || Object.values(value).some((inner) => isDeep(inner, left - 1)))
  );
}

/** Reads a file of JSON lines one by one. */
export async function* jsonLines(stream: Readable): AsyncGenerator<JsonPart> {
  const decoder = new TextDecoder('utf-8');
  let pieces: string[] = [];
  let length = 0;
  let isUtf8 = true;

  function* finishLine(): Generator<JsonPart> {
    if (length > ELEMENT_CAP || pieces.some((piece) => piece.trim() !== '')) {
      yield finish(pieces, length > ELEMENT_CAP);
    }
    pieces = [];
    length = 0;
  }

  for await (const chunk of stream) {
    const text = decoder.decode(chunk as Buffer, { stream: true });
    isUtf8 &&= !text.includes('\ufffd');
    const [first = '', ...others] = text.split('\n');
    for (const [index, piece] of [first, ...others].entries()) {
      if (index > 0) {
        yield* finishLine();
      }
      length += piece.length;
      if (length <= ELEMENT_CAP) {
        pieces.push(piece);
      } else {
        pieces = [];
      }
    }
  }
  yield* finishLine();
  if (!isUtf8) {
    yield { kind: 'problem', reason: 'not UTF-8' };
  }
}

/** Postgres keeps neither NUL nor half of a pair of surrogates. */
const UNKEPT = /\\u(?:0000|d[89a-f])/i;

function parse(pieces: readonly string[]): unknown {
  const text = pieces.join('').replaceAll('\0', '');
  try {
    return UNKEPT.test(text) ? JSON.parse(text, keepable) : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function keepable(_key: string, value: unknown): unknown {
  if (typeof value === 'string') {
    return keepableText(value);
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [keepableText(name), inner]))
    : value;
}

function keepableText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

/**
 * The parts of a file of an archive, read as one of the two reads them. Of what cannot be unpacked to its end the parts
 * before are given, and the rest is reported: the other files are read all the same.
 *
 * @param report left out where the same is read once more, and has been reported
 */
export async function* partsOf(
  archive: Archive,
  file: string,
  read: typeof jsonElements,
  report: Report | undefined,
): AsyncGenerator<JsonPart> {
  try {
    yield* read(await archive.open(file));
  } catch (error) {
    report?.note(
      'rest of a file not read, because it cannot be unpacked',
      `${file} (${(error as Error).message})`,
    );
  }
}
