import type { Pool } from 'pg';
import { getOperationAST } from 'postgraphile/graphql';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { PgV4SmartTagsPlugin } from 'postgraphile/presets/v4';
import { createAddressSigner } from '../src/attachments/signed-url.ts';
import { pgSettingsFor, type VisitorOrigin } from '../src/database/pg-settings.ts';
import type { Standby } from '../src/database/standby.ts';
import type { AskFirst } from '../src/database/unasked.ts';
import type { Viewer } from '../src/identity/viewer.ts';
import { tracing } from '../src/process/tracing.ts';
import type { Translator } from '../src/translation/translator.ts';
import { makeAbsoluteUrlsPlugin } from './absolute-urls.ts';
import { AccessTokensPlugin } from './access-tokens.ts';
import { makeAttachmentUrlsPlugin } from './attachment-urls.ts';
import { makeAvatarUrlPlugin } from './avatar-url.ts';
import { makeCustomEmojiUrlPlugin } from './custom-emoji-url.ts';
import { DescriptionsPlugin } from './descriptions.ts';
import { makeDocumentCheckPlugin } from './document-check.ts';
import { ErrorCodesPlugin, type ErrorReport, makeMaskError } from './error-codes.ts';
import { FailedSignInPlugin } from './failed-sign-in.ts';
import { FieldOrderPlugin } from './field-order.ts';
import { GraphiqlPagePlugin, graphiqlSettings } from './graphiql-page.ts';
import { makeLinkThumbnailUrlPlugin } from './link-thumbnail-url.ts';
import { ListOrderPlugin } from './list-order.ts';
import { MessageOrderPlugin } from './message-order.ts';
import { MessageWindowPlugin } from './message-window.ts';
import { NamesPreset } from './names.ts';
import { NeverNullPlugin } from './never-null.ts';
import { PageSizePlugin } from './page-size.ts';
import { makePipelinedPgService, READS_ONLY } from './pipelined-transactions.ts';
import { createPlanningBudget } from './planning-budget.ts';
import { ResourceTagsPlugin } from './resource-tags.ts';
import { RoomBoundPlugin } from './room-bound.ts';
import { RoomDataPlugin } from './room-data.ts';
import { RoomEventsPlugin } from './room-events.ts';
import { ScalarsPlugin } from './scalars.ts';
import { TracedOperationsPlugin } from './traced-operations.ts';
import { makeTranslationPlugin } from './translation.ts';
import { ViewerDependentPlugin } from './viewer-dependent.ts';

export interface PresetOptions {
  /** Connections of the unprivileged login. Whoever made the pool ends it. */
  readonly pool: Pool;
  /** Signs access tokens. */
  readonly jwtSecret: string;
  /** Where clients reach this server: what absolute addresses begin with. Not asked before a query runs. */
  readonly publicUrl: () => string;
  readonly graphiql: boolean;
  readonly introspection: boolean;
  readonly reportError: (report: ErrorReport) => void;
  /** Notes that a request was refused, or a part of it. */
  readonly noteRefusal: (requestContext: Partial<Grafast.RequestContext>) => void;
  /** Who sent a request, as found out before it came here. */
  readonly viewerOf: (requestContext: Partial<Grafast.RequestContext>) => Viewer | undefined;
  /** From where a visitor sent it, and to which host name: what visitors may do is counted by address. */
  readonly originOf: (requestContext: Partial<Grafast.RequestContext>) => VisitorOrigin;
  /** Asks hooks before messages are accepted. Without it nothing is sent to rooms that have one. */
  readonly askFirst?: AskFirst | undefined;
  /** Serves queries over HTTP, where it can. */
  readonly standby?: Standby | undefined;
  /** Translates messages. Without it nothing is translated. */
  readonly translator?: Translator | undefined;
  /** Plugins that need something of the process, such as a key. */
  readonly plugins?: readonly GraphileConfig.Plugin[];
  /** The query that GraphiQL opens with. */
  readonly welcomeQuery?: string;
}

declare global {
  namespace Grafast {
    interface Context {
      readonly viewer?: Viewer | undefined;
      /** The host name that the request was sent to. Whoever sends it may write what they like. */
      readonly host?: string | undefined;
    }
  }
}

/**
 * How long planning a query may take. What may be planned is counted before, and takes a tenth of a second at most; this
 * is for what nobody has foreseen. A plan that takes longer is refused to everybody for a minute, so it has to be more
 * than a busy or paused machine takes.
 */
const PLANNING_TIMEOUT_MS = 30_000;
/** How long running a query may take. */
const EXECUTION_TIMEOUT_MS = 15_000;

/** The whole API: what the database has in `app_public`, and how it is shown. */
export function makePreset(options: PresetOptions): GraphileConfig.Preset {
  const maskError = makeMaskError({
    reportError: options.reportError,
    suggestions: options.introspection,
  });
  return {
    extends: [PostGraphileAmberPreset, NamesPreset],
    plugins: [
      PgV4SmartTagsPlugin,
      ResourceTagsPlugin,
      MessageOrderPlugin,
      MessageWindowPlugin,
      RoomDataPlugin,
      PageSizePlugin,
      ScalarsPlugin,
      NeverNullPlugin,
      ListOrderPlugin,
      FailedSignInPlugin,
      DescriptionsPlugin,
      AccessTokensPlugin,
      makeAttachmentUrlsPlugin(createAddressSigner(options.jwtSecret), options.publicUrl),
      makeAvatarUrlPlugin(options.publicUrl),
      makeCustomEmojiUrlPlugin(options.publicUrl),
      makeTranslationPlugin(options.translator),
      makeLinkThumbnailUrlPlugin(options.publicUrl),
      makeAbsoluteUrlsPlugin(options.publicUrl),
      ErrorCodesPlugin,
      makeDocumentCheckPlugin({
        introspection: options.introspection,
        maskError,
        budget: createPlanningBudget(),
        noteRefusal: options.noteRefusal,
        callerOf(requestContext) {
          const viewer = options.viewerOf(requestContext);
          return viewer === undefined
            ? {
                key: `address ${options.originOf(requestContext).address ?? ''}`,
                isVisitor: true,
                isServer: false,
              }
            : { key: viewer.userId, isVisitor: false, isServer: viewer.key !== undefined };
        },
      }),
      RoomBoundPlugin,
      RoomEventsPlugin,
      ViewerDependentPlugin,
      FieldOrderPlugin,
      GraphiqlPagePlugin,
      ...(tracing === undefined ? [] : [TracedOperationsPlugin]),
      ...(options.plugins ?? []),
    ],
    disablePlugins: [
      // Caches find a thing again by `node`; everything else goes by the row's own `id`.
      'NodeAccessorPlugin',
      'PgNodeIdAttributesPlugin',
      'RegisterQueryNodePlugin',
      // Lists come from their room, their message or a function, never from a whole table by any condition.
      'PgAllRowsPlugin',
      'PgConditionArgumentPlugin',
      'PgConditionCustomFieldsPlugin',
      'PgOrderAllAttributesPlugin',
      // Writing is what functions do.
      'PgMutationCreatePlugin',
      'PgMutationUpdateDeletePlugin',
      'PgMutationPayloadEdgePlugin',
      // Ways from anywhere back to the root, for clients of 2015.
      'QueryQueryPlugin',
      'MutationPayloadQueryPlugin',
    ],
    pgServices: [makePipelinedPgService(options.pool, ['app_public'], options)],
    gather: {
      pgJwtTypes: 'app_public.access_token',
      // An argument without default is required.
      pgStrictFunctions: true,
    },
    schema: {
      dontSwallowErrors: true,
      pgJwtSecret: options.jwtSecret,
      pgForbidSetofFunctionsToReturnNull: true,
      defaultBehavior: '-resource:insert -resource:update -resource:delete -list',
    },
    grafast: {
      timeouts: { planning: PLANNING_TIMEOUT_MS, execution: EXECUTION_TIMEOUT_MS },
      context(requestContext, { document, operationName }) {
        const viewer = options.viewerOf(requestContext);
        const isQuery = getOperationAST(document, operationName)?.operation === 'query';
        const origin = options.originOf(requestContext);
        return {
          viewer,
          host: origin.host,
          pgSettings: {
            ...pgSettingsFor(viewer, origin),
            ...(isQuery && options.standby !== undefined && READS_ONLY),
          },
        };
      },
    },
    grafserv: {
      graphqlPath: '/graphql',
      graphiqlPath: '/graphiql',
      graphiql: options.graphiql,
      graphiqlOnGraphQLGET: false,
      // The upgrade belongs to src/realtime.
      websockets: false,
      watch: false,
      maskError,
    },
    ruru: { clientConfig: graphiqlSettings(options.welcomeQuery) },
  };
}
