import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { grafserv } from 'grafserv/express/v4';
import { postgraphile } from 'postgraphile';
import { jsonParse } from 'postgraphile/@dataplan/json';
import { makePgService } from 'postgraphile/adaptors/pg';
import { context, type ExecutableStep, get, lambda, listen } from 'postgraphile/grafast';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { PgV4SmartTagsPlugin } from 'postgraphile/presets/v4';
import { extendSchema, gql } from 'postgraphile/utils';
import { NamesPreset } from '../../plugins/names.ts';
import { ResourceTagsPlugin } from '../../plugins/resource-tags.ts';

/*
 * PostGraphile 5's own subscriptions on Trumpet's schema, as its documentation shows them: a trigger notifies a topic,
 * `listen` on `pgSubscriber` hears it, and each subscriber's document runs for each event under its own rights.
 */
const StockSubscriptionPlugin = extendSchema((build) => {
  const { messages } = build.pgResources;
  return {
    typeDefs: gql`
      type StockMessageEvent { message: Message }
      extend type Subscription { stockMessages(roomId: UUID!): StockMessageEvent }
    `,
    objects: {
      Subscription: {
        plans: {
          stockMessages: {
            subscribePlan(_$root, { $roomId }) {
              const $topic = lambda($roomId, (roomId) => `stock:${roomId}`);
              return listen(context().get('pgSubscriber') as never, $topic, jsonParse);
            },
            plan: ($event) => $event,
          },
        },
      },
      StockMessageEvent: {
        plans: {
          message: ($event) => messages?.get({ id: get($event as ExecutableStep, 'message_id') }),
        },
      },
    },
  };
});

/** The server of `npm run server` trusts nobody's payload; that this one does is in its favour. */
function userOf(token: unknown): string {
  const [, payload] = String(token)
    .replace(/^Bearer /, '')
    .split('.');
  return JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()).sub;
}

const [connectionString] = process.argv.slice(2);
const preset: GraphileConfig.Preset = {
  extends: [PostGraphileAmberPreset, NamesPreset],
  plugins: [PgV4SmartTagsPlugin, ResourceTagsPlugin, StockSubscriptionPlugin],
  // Trumpet's names need these gone.
  disablePlugins: ['NodePlugin', 'PgConditionArgumentPlugin', 'PgAllRowsPlugin'],
  gather: { pgStrictFunctions: true },
  schema: { defaultBehavior: '-resource:insert -resource:update -resource:delete -list' },
  pgServices: [makePgService({ connectionString, schemas: ['app_public'], pubsub: true })],
  grafserv: { websockets: true },
  grafast: {
    context: (ctx) => ({
      pgSettings: {
        role: 'trumpet_user',
        'trumpet.user_id': userOf(
          ctx.ws?.normalizedConnectionParams?.authorization ?? ctx.node?.req.headers.authorization,
        ),
      },
    }),
  },
};

const instance = postgraphile(preset);
const serv = instance.createServ(grafserv);
const app = express();
const server = createServer(app);
await serv.addTo(app, server);
server.listen(0, '127.0.0.1', () =>
  process.send?.({ port: (server.address() as AddressInfo).port }),
);
process.on('disconnect', () => process.exit());
