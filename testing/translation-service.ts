import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** What the service is asked with, in the words of LibreTranslate. */
export interface TranslationQuestion {
  readonly q: readonly string[];
  readonly source: string;
  readonly target: string;
  readonly format: string;
  readonly api_key?: string;
}

export interface TranslationService {
  readonly url: string;
  /** What it was asked to translate, in order. */
  readonly questions: TranslationQuestion[];
  /** What it answers with: 200 by itself. */
  status: number;
  /** Whether its answers end in the middle. */
  isBroken: boolean;
  /** What it answers in the place of a translation, if anything. */
  answer: string | undefined;
  close(): void;
}

/**
 * A service of LibreTranslate's interface, for English into German and Spanish, and German into English. It writes every
 * word backwards, so that one sees what it was given.
 */
export async function startTranslationService(): Promise<TranslationService> {
  const server = createServer(async (request, response) => {
    response.setHeader('content-type', 'application/json');
    if (service.status !== 200) {
      request.resume();
      response.writeHead(service.status).end('{"error": "not now"}');
    } else if (request.url === '/languages') {
      response.end(
        JSON.stringify([
          { code: 'en', name: 'English', targets: ['de', 'es', 'en'] },
          { code: 'de', name: 'German', targets: ['en'] },
        ]),
      );
    } else {
      const question = (await json(request)) as TranslationQuestion;
      service.questions.push(question);
      const translatedText = question.q.map((line) =>
        line.replace(/\p{L}+/gu, (word) => [...word].reverse().join('')),
      );
      const answer = service.answer ?? JSON.stringify({ translatedText });
      response.end(service.isBroken ? answer.slice(0, -4) : answer);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const service: TranslationService = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    questions: [],
    status: 200,
    isBroken: false,
    answer: undefined,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return service;
}
