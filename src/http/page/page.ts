import { join } from 'node:path';
import { type RequestHandler, Router } from 'express';
import { PAGE_ADDRESSES } from './addresses.ts';
import { type BuiltFile, type BuiltFiles, readBuiltFiles, sendBuiltFile } from './built-files.ts';
import { documentsPolicy, PAGE_HEADERS, pagePolicy } from './content-policy.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..', '..');
const PAGE_FOLDER = join(REPOSITORY, 'web', 'dist');
const DOCUMENTS_FOLDER = join(REPOSITORY, 'docs', '.vitepress', 'dist');

/** The names of these have a hash of what is in them. */
const HASHED = /^assets\//;
const FOR_EVER = 'public, max-age=31536000, immutable';
/** Kept, and asked about each time. */
const ASKED_ABOUT = 'no-cache';

const NOT_BUILT = `Trumpet is running. Its page has not been built: \`npm start\` does that, and so does \`node web/build/build.ts\`.

The API is at /graphql (POST, and WebSocket).
`;

interface PageOptions {
  /** Where files come from beside the page's own origin. Not asked before the server listens. */
  readonly fileOrigins: () => readonly string[];
}

export interface Page {
  readonly router: Router;
  readonly hasDocuments: boolean;
}

/** The chat's page at `/` and its addresses, and the documents at `/docs`, each as far as it has been built. */
export function createPage({ fileOrigins }: PageOptions): Page {
  const page = readBuiltFiles(PAGE_FOLDER);
  const documents = readBuiltFiles(DOCUMENTS_FOLDER);
  const index = page.get('index.html');

  const sendPage: RequestHandler = (req, res, next) => {
    const isPage = PAGE_ADDRESSES.test(req.path);
    const file = isPage ? index : page.get(req.path.slice(1));
    if (file === undefined) {
      return req.path === '/'
        ? void res.status(503).type('text').set('Cache-Control', 'no-store').send(NOT_BUILT)
        : next();
    }
    res.set({
      'Cache-Control': HASHED.test(req.path.slice(1)) ? FOR_EVER : ASKED_ABOUT,
      'Content-Security-Policy': pagePolicy(fileOrigins()),
      ...PAGE_HEADERS,
    });
    sendBuiltFile(req, res, file);
  };

  const sendDocument: RequestHandler = (req, res, next) => {
    const name = req.path.slice(1);
    const file = documentAt(documents, name);
    if (file === undefined) {
      return next();
    }
    res.set({
      'Cache-Control': HASHED.test(name) ? FOR_EVER : ASKED_ABOUT,
      'Content-Security-Policy': documentsPolicy,
      ...PAGE_HEADERS,
    });
    sendBuiltFile(req, res, file);
  };

  const hasDocuments = documents.size > 0;
  const router = Router({ strict: true })
    .get('/docs', (_req, res, next) => (hasDocuments ? res.redirect(308, '/docs/') : next()))
    .use('/docs', onlyReading(sendDocument))
    .use(onlyReading(sendPage));
  return { router, hasDocuments };
}

/** A page of the documents with or without its `.html`. */
function documentAt(documents: BuiltFiles, name: string): BuiltFile | undefined {
  return documents.get(name) ?? documents.get(`${name}.html`) ?? documents.get(`${name}index.html`);
}

function onlyReading(handler: RequestHandler): RequestHandler {
  return (req, res, next) =>
    req.method === 'GET' || req.method === 'HEAD' ? handler(req, res, next) : next();
}
