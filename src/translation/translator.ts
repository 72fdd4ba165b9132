import { createHash } from 'node:crypto';
import { BrokenCircuitError, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import { LRUCache } from 'lru-cache';
import type { TranslationSettings } from '../config/translation.ts';
import { TrumpetError } from '../errors/codes.ts';
import { log } from '../process/log.ts';
import { createGuardedClient } from '../push/guarded-request.ts';
import { translateKeeping, wordsOf } from './kept-parts.ts';
import { guessLanguage, isOneLanguage, languageTag, nearestLanguage } from './language.ts';
import { translationMetrics } from './metrics.ts';
import { createService, type Request } from './services.ts';

/** A text in another language, and the one that it was in. */
export interface Translation {
  readonly text: string;
  readonly from: string;
}

export interface Translator {
  /** Into which languages something can be translated, sorted; none while the service does not answer. */
  languages(): Promise<readonly string[]>;
  /**
   * Translates a text. Lines, code, links, mentions and emoji stay as they are.
   *
   * @param to such as `de`
   * @throws TrumpetError BAD_INPUT for a language that nothing is translated into, CONFLICT where it cannot be told in
   *   which language the text is, or that is not translated into this one, BUSY while the service does not answer
   */
  translate(text: string, to: string): Promise<Translation>;
}

/** Each `from` of the service's, and what it can become, by the names of BCP 47. */
type Pairs = ReadonlyMap<
  string,
  { readonly code: string; readonly to: ReadonlyMap<string, string> }
>;

/** So long may it be read on after the message is gone. */
const KEPT_FOR_MS = 600_000;
/** Characters, of texts and what they became. */
const MOST_KEPT = 8_000_000;
const PAIRS_KEPT_FOR_MS = 600_000;
const FAILURES_IN_A_ROW = 5;
const ASK_AGAIN_MS = 10_000;
const MOST_AT_A_TIME = 16;
/** What is cut off there is no JSON. */
const ANSWER_CAP_BYTES = 1_000_000;

/** Answers 4xx: that is about this text, and says nothing about the service. */
class Refusal extends Error {}

/** Asks the service that the operator has named. What it said is kept in memory for ten minutes, by text and language. */
export function createTranslator(settings: TranslationSettings): Translator {
  const service = createService(settings);
  const client = createGuardedClient({
    trustedOrigins: [new URL(settings.url).origin],
    timeoutMs: settings.timeoutMs,
    answerCapBytes: ANSWER_CAP_BYTES,
  });
  const breaker = circuitBreaker(
    handleWhen((error) => !(error instanceof Refusal)),
    { halfOpenAfter: ASK_AGAIN_MS, breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW) },
  );
  const kept = new LRUCache<string, Promise<Translation>>({
    maxSize: MOST_KEPT,
    ttl: KEPT_FOR_MS,
  });
  let pairs: { readonly since: number; readonly known: Promise<Pairs> } | undefined;
  let underWay = 0;

  async function send({ path, ...request }: Request): Promise<unknown> {
    // The texts and the key go where the operator said, and nowhere else: no redirect is followed.
    const { status, body } = await client.send({
      method: 'GET',
      headers: {},
      ...request,
      url: settings.url + path,
    });
    if (status < 200 || status > 299) {
      throw status >= 400 && status < 500 && ![401, 403, 408, 429].includes(status)
        ? new Refusal(`The translation service answered ${status}`)
        : new Error(`The translation service answered ${status}`);
    }
    return JSON.parse(body);
  }

  async function ask<Answer>(request: Request, read: (answer: unknown) => Answer): Promise<Answer> {
    if (underWay >= MOST_AT_A_TIME) {
      throw unanswered();
    }
    underWay += 1;
    try {
      return await breaker.execute(async () => read(await send(request)));
    } catch (error) {
      if (error instanceof Refusal) {
        throw new TrumpetError('CONFLICT', 'This cannot be translated.');
      }
      if (!(error instanceof BrokenCircuitError)) {
        log.warn({ event: 'translation.failed', error: String(error) });
      }
      throw unanswered();
    } finally {
      underWay -= 1;
    }
  }

  function knownPairs(): Promise<Pairs> {
    const now = performance.now();
    if (pairs === undefined || now - pairs.since > PAIRS_KEPT_FOR_MS) {
      const known = ask(service.pairs(), (answer) => pairsByTag(service.readPairs(answer)));
      const asked = { since: now, known };
      pairs = asked;
      known.catch(() => {
        if (pairs === asked) {
          pairs = undefined;
        }
      });
    }
    return pairs.known;
  }

  async function translateAnew(text: string, to: string): Promise<Translation> {
    const known = await knownPairs();
    const target = languageTag(to);
    const tag = target && nearestLanguage(targetsOf(known), target);
    if (tag === undefined) {
      throw new TrumpetError('BAD_INPUT', `Nothing can be translated into ${to.slice(0, 35)}.`);
    }
    const from = await guessLanguage(wordsOf(text));
    if (from === undefined) {
      throw new TrumpetError('CONFLICT', 'It cannot be told in which language this is.');
    }
    if (isOneLanguage(from, tag)) {
      return { text, from };
    }
    // Of what is spoken alike, what there is a way from.
    const sources = [...known.keys()].filter((one) => known.get(one)?.to.has(tag));
    const source = known.get(nearestLanguage(sources, from) ?? '');
    const code = source?.to.get(tag);
    if (source === undefined || code === undefined) {
      throw new TrumpetError('CONFLICT', `There is no translation from ${from} into ${tag}.`);
    }
    const translated = await translateKeeping(text, (lines) =>
      ask(service.translation(lines, source.code, code), (answer) => {
        const texts = service.readTranslation(answer);
        if (texts.length !== lines.length) {
          throw new Error(`The service answered ${texts.length} lines to ${lines.length}`);
        }
        return texts;
      }),
    );
    return { text: translated, from };
  }

  return {
    async languages() {
      try {
        return [...targetsOf(await knownPairs())].sort();
      } catch {
        return [];
      }
    },

    translate(text, to) {
      const key = createHash('sha256').update(`${to}\0${text}`).digest('base64');
      const known = kept.get(key);
      translationMetrics.asked.inc({ answer: known === undefined ? 'service' : 'kept' });
      if (known !== undefined) {
        return known;
      }
      const asked = translateAnew(text, to);
      const size = 2 * text.length + 100;
      kept.set(key, asked, { size });
      asked.then(
        (translation) => {
          if (kept.peek(key) === asked) {
            kept.set(key, asked, { size: size + translation.text.length, noUpdateTTL: true });
          }
        },
        () => {
          translationMetrics.asked.inc({ answer: 'none' });
          if (kept.peek(key) === asked) {
            kept.delete(key);
          }
        },
      );
      return asked;
    },
  };
}

function pairsByTag(pairs: readonly { readonly from: string; readonly to: string }[]): Pairs {
  const known = new Map<string, { code: string; to: Map<string, string> }>();
  for (const { from, to } of pairs) {
    const [source, target] = [languageTag(from), languageTag(to)];
    if (source !== undefined && target !== undefined && source !== target) {
      const one = known.get(source) ?? { code: from, to: new Map() };
      one.to.set(target, to);
      known.set(source, one);
    }
  }
  return known;
}

const targetsOf = (pairs: Pairs) =>
  new Set([...pairs.values()].flatMap(({ to }) => [...to.keys()]));

const unanswered = () =>
  new TrumpetError('BUSY', 'The translation service does not answer: try again later.', {
    retryAfterMs: ASK_AGAIN_MS,
  });
