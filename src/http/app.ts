import { createServer, type Server } from 'node:http';
import express, { type Request } from 'express';
import { grafserv } from 'grafserv/express/v4';
import type { Pool } from 'pg';
import { postgraphile } from 'postgraphile';
import { makeGivenTokensPlugin } from '../../plugins/given-tokens.ts';
import { makePasskeysPlugin } from '../../plugins/passkeys.ts';
import { makePreset } from '../../plugins/preset.ts';
import { storageOrigin } from '../attachments/storage-origin.ts';
import type { ResolvedConfig } from '../config/load.ts';
import { relyingPartyOf } from '../config/relying-party.ts';
import type { Standby } from '../database/standby.ts';
import { TrumpetError } from '../errors/codes.ts';
import { type Authenticator, createAuthenticator } from '../identity/authenticator.ts';
import { createIssuers } from '../identity/issuers.ts';
import { createLogoutTokens } from '../identity/logout-tokens.ts';
import { createPasskeys } from '../identity/passkeys.ts';
import { createProvider } from '../identity/providers.ts';
import { createServerKeys } from '../identity/server-keys.ts';
import { viewerOf } from '../identity/viewer.ts';
import { log } from '../process/log.ts';
import { createRefusals } from '../process/refusals.ts';
import { tracing } from '../process/tracing.ts';
import { prepareSubscription } from '../realtime/transports/sse/prepare.ts';
import type { ServerSentEvents } from '../realtime/transports/sse/server-sent-events.ts';
import { createTranslator } from '../translation/translator.ts';
import { createBeforeSend } from '../webhooks/before-send.ts';
import { createApiCaller } from './api-caller.ts';
import { createAttachments } from './attachments.ts';
import { makeClientAddress } from './client-address.ts';
import { limitConnections } from './connection-limit.ts';
import { cors } from './cors.ts';
import { handleUnexpectedError, sendError } from './error-response.ts';
import { createEvents, createSubscriptionEvents } from './events.ts';
import { createExports } from './exports.ts';
import { graphqlRequestHandlers } from './graphql.ts';
import { hostNameOf } from './host-name.ts';
import { createIncomingWebhooks } from './incoming-webhooks.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createOriginPolicy, type IsOriginAllowed } from './origins.ts';
import { createPage } from './page/page.ts';
import { createRefusedRequests, kindOfSecret } from './refused-requests.ts';
import { createRequestLimit, makeKeyOf } from './request-limits.ts';
import { createRevocations } from './revocations.ts';
import { SAMPLE_PASSWORD, SAMPLE_PEOPLE } from './sample-people.ts';
import { createSessions } from './sessions.ts';
import { createSites } from './sites.ts';
import { onlyFromThisMachine } from './this-machine.ts';
import { traceRequests } from './trace-requests.ts';
import { createUnsubscribe } from './unsubscribe.ts';
import { watchUnusedConnections } from './unused-connections.ts';
import { WELCOME_QUERY } from './welcome-query.ts';

/** How long a caller may take to send its headers, in milliseconds. */
const HEADERS_TIMEOUT_MS = 15_000;

/**
 * How long a connection without a request is kept, in milliseconds. Longer than the proxies in front of a server keep
 * theirs, 60 s as a rule: a request sent on a connection that is just being closed is lost.
 */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;

type GrafservInstance = ReturnType<typeof grafserv>;

/** What `/readyz` tells: each part by name, true when it works. */
export interface Readiness {
  /** The server is ready when all of these work. */
  readonly needed: Readonly<Record<string, boolean>>;
  /** Without these it works, less well. */
  readonly useful: Readonly<Record<string, boolean>>;
}

export interface HttpServerOptions {
  readonly config: Pick<
    ResolvedConfig,
    | 'accounts'
    | 'push'
    | 'issuers'
    | 'providers'
    | 'jwtSecret'
    | 'authDatabaseUrl'
    | 'graphiql'
    | 'introspection'
    | 'allowedOrigins'
    | 'embedded'
    | 'sampleData'
    | 'attachments'
    | 'metricsPort'
    | 'trustedProxies'
    | 'connectionsPerAddress'
    | 'webhooks'
    | 'translation'
  >;
  /** Where clients reach this server. Not asked before it listens. */
  readonly publicUrl: () => string;
  /** Connections of the unprivileged login. Whoever made the pool ends it, after `close`. */
  readonly pool: Pool;
  /** Serves queries, where it can. */
  readonly standby?: Standby | undefined;
  /** Parts of the schema that need something of the process, such as a key. */
  readonly plugins?: readonly GraphileConfig.Plugin[];
  /** The streams behind `/events`. Asked for when a request comes: what they run on needs this server first. */
  readonly eventStreams: () => Pick<ServerSentEvents, 'open'>;
  readonly readiness: () => Promise<Readiness>;
}

export interface HttpServer {
  /** Not listening yet. WebSockets attach themselves to its `upgrade`. */
  readonly server: Server;
  /** Has the schema, and runs documents the same way for HTTP and WebSocket. */
  readonly grafserv: GrafservInstance;
  readonly authenticator: Authenticator;
  readonly metrics: Metrics;
  readonly isOriginAllowed: IsOriginAllowed;
  /** Whether the documents are at `/docs`. */
  readonly hasDocuments: boolean;
  /** Refuses new requests, waits for those under way, and lets go of everything. */
  close(): Promise<void>;
}

/**
 * Makes the HTTP server, with the schema read from the database. Resolves when requests can be answered.
 *
 * @throws when the database cannot be read or has no valid schema.
 */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { config, pool } = options;
  const metrics = createMetrics();
  const isOriginAllowed = createOriginPolicy(config);
  const issuers = createIssuers(config.issuers, pool);
  const providers = config.providers.map((settings) => createProvider(settings, pool));
  const serverKeys = createServerKeys(pool);
  const sites = createSites(pool, options.publicUrl);
  const relyingParty = async (host: string | undefined) =>
    relyingPartyOf(await sites.addressOf(host), config.allowedOrigins);
  const authenticator = createAuthenticator({
    jwtSecret: config.jwtSecret,
    pool,
    issuers,
    serverKeys,
  });
  const clientAddress = makeClientAddress(config.trustedProxies);
  const keyOf = makeKeyOf(clientAddress);
  const refusals = createRefusals();
  const refusedRequests = createRefusedRequests(keyOf, refusals);
  const beforeSend = createBeforeSend({ ...config.webhooks, pool });
  const instance = postgraphile(
    makePreset({
      pool,
      askFirst: beforeSend.askFirst,
      standby: options.standby,
      translator: config.translation && createTranslator(config.translation),
      jwtSecret: config.jwtSecret,
      publicUrl: options.publicUrl,
      graphiql: config.graphiql,
      introspection: config.introspection,
      plugins: [
        makeGivenTokensPlugin((token) => refusedRequests.expect(kindOfSecret(token))),
        makePasskeysPlugin(createPasskeys(pool, relyingParty)),
        ...(options.plugins ?? []),
      ],
      welcomeQuery: WELCOME_QUERY,
      viewerOf: (requestContext) =>
        viewerOf(requestContext.node?.req ?? requestContext.ws?.request),
      // Whoever speaks over a WebSocket has shown a token: they are counted as themselves.
      originOf: ({ node, ws }) =>
        node?.req === undefined
          ? { host: ws?.request && hostNameOf(ws.request) }
          : { address: clientAddress(node.req), host: hostNameOf(node.req) },
      noteRefusal({ node, ws }) {
        if (node?.req !== undefined) {
          refusedRequests.note(node.req as Request);
        } else {
          refusals.note(viewerOf(ws?.request)?.userId ?? '');
        }
      },
      reportError(report) {
        metrics.countError(report.code);
        if (report.code === 'UNEXPECTED') {
          log.error({
            event: 'graphql.error',
            errorId: report.errorId,
            error: loggable(report.cause),
          });
        }
      },
    }),
  );
  const serv = instance.createServ(grafserv);

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(metrics.observeRequests);
  if (tracing !== undefined) {
    app.use(traceRequests);
  }
  app.use((_req, res, next) => {
    res.set({ 'X-Content-Type-Options': 'nosniff', 'X-Frame-Options': 'DENY' });
    next();
  });
  const attachments = await createAttachments({
    ...config,
    settings: config.attachments,
    pool,
    authenticator,
    serverKeys,
    isOriginAllowed,
  });
  app.use('/attachments', attachments.router);
  app.use('/avatars', attachments.avatars);
  app.use('/link-thumbnails', attachments.linkThumbnails);
  app.use('/custom-emoji', attachments.customEmoji);
  app.use('/exports', createExports(pool));
  app.use('/unsubscribe', createUnsubscribe(pool, config.jwtSecret));
  const bucket = storageOrigin(config.attachments);
  const page = createPage({
    fileOrigins: () => [
      new URL(options.publicUrl()).origin,
      ...(bucket === undefined ? [] : [bucket]),
    ],
  });
  app.use(
    '/session',
    createSessions({
      callApi: createApiCaller(instance),
      authenticator,
      refusedRequests,
      jwtSecret: config.jwtSecret,
      providers,
      publicUrl: options.publicUrl,
      relyingParty,
      sites,
      options: {
        samplePeople:
          config.embedded && config.sampleData && config.accounts.localPasswords
            ? SAMPLE_PEOPLE.map((person) => ({ ...person, password: SAMPLE_PASSWORD }))
            : [],
        signUp: config.accounts.localPasswords ? config.accounts.signUp : 'closed',
        localPasswords: config.accounts.localPasswords,
        mails: config.push.email !== undefined,
        graphiql: config.graphiql,
        documents: page.hasDocuments,
      },
    }),
  );
  const callers = {
    authenticator,
    refusedRequests,
    requestLimit: createRequestLimit(refusedRequests.shareOf),
  };
  app.use('/hooks', createIncomingWebhooks(pool, beforeSend.askFirst, callers));
  app.use(cors(isOriginAllowed));
  app.get('/healthz', (_req, res) => void res.json({ status: 'ok' }));
  app.get('/readyz', async (_req, res) => {
    const { needed, useful } = await options.readiness();
    const ready = Object.values(needed).every(Boolean);
    const status = ready ? 'ok' : 'unavailable';
    res.status(ready ? 200 : 503).json({ status, ...needed, ...useful });
  });
  if (config.metricsPort === undefined) {
    app.get('/metrics', onlyFromThisMachine, async (_req, res) => {
      res.type(metrics.registry.contentType).send(await metrics.registry.metrics());
    });
  }
  const logoutTokens = createLogoutTokens(
    [...issuers.verifiers, ...providers.map(({ verifier }) => verifier)],
    pool,
  );
  app.use('/auth', createRevocations(logoutTokens, callers));
  app.get('/events/:roomId', ...createEvents(callers, options.eventStreams));
  app.post(
    '/events',
    ...createSubscriptionEvents(
      callers,
      (request, body) => prepareSubscription(serv, request, body),
      options.eventStreams,
    ),
  );
  app.all('/graphql', ...graphqlRequestHandlers(callers));

  const server = createServer(app);
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  limitConnections(server, config);
  const endUnusedConnections = watchUnusedConnections(server);
  await instance.getSchema();
  await serv.ready();
  await serv.addTo(app, server, false);
  app.use(page.router);
  app.use((_req, res) =>
    sendError(res, new TrumpetError('NOT_FOUND', 'There is nothing at this address.')),
  );
  app.use(handleUnexpectedError);

  return {
    server,
    grafserv: serv,
    authenticator,
    metrics,
    isOriginAllowed,
    hasDocuments: page.hasDocuments,
    async close() {
      if (server.listening) {
        const closed = new Promise<void>((resolve) => server.close(() => resolve()));
        server.closeIdleConnections();
        endUnusedConnections();
        // For those that a request is under way on: each is kept no longer than that.
        server.keepAliveTimeout = 1;
        await closed;
      }
      await beforeSend.close();
      await attachments.close();
      await instance.release();
      for (const service of instance.getResolvedPreset().pgServices ?? []) {
        await service.release?.();
      }
      metrics.registry.clear();
    },
  };
}

/** An error without the extra properties that drivers hang on it: those of Postgres quote people's rows. */
function loggable(error: unknown): Error {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const plain = new Error(message);
  plain.stack = stack;
  return plain;
}
