import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';

type ClientConfig = NonNullable<NonNullable<GraphileConfig.Preset['ruru']>['clientConfig']>;

/** What the page may do: run what came from here, and ask nobody but this server. The editor writes styles as it goes. */
const POLICY = [
  "default-src 'none'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * GraphiQL notes a query when it is edited, and variables and headers likewise. Whoever fills in these alone and comes
 * back finds an empty tab with their variables, so the first query is noted from the beginning.
 */
const REMEMBER_FIRST_QUERY = `<script>
  if (localStorage.getItem('graphiql:tabState') === null && RURU_CONFIG.defaultQuery) {
    localStorage.setItem('graphiql:query', RURU_CONFIG.defaultQuery);
  }
</script>`;

/** On a phone, what is asked stands above what is answered: beside each other neither can be read. */
const PHONES = `<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
  @media (max-width: 700px) {
    .graphiql-sessions { overflow: auto !important; }
    :has(> .graphiql-editors) { flex-direction: column !important; }
    :has(> .graphiql-editors) > .graphiql-horizontal-drag-bar { display: none !important; }
    .graphiql-editors { flex: none !important; width: auto !important; height: 55dvh !important; }
    .graphiql-response { flex: none !important; width: auto !important; height: 35dvh !important; }
  }
</style>`;

/** How GraphiQL begins. */
export function graphiqlSettings(welcomeQuery: string | undefined): ClientConfig {
  const settings: Partial<ClientConfig> & { shouldPersistHeaders: boolean } = {
    ...(welcomeQuery === undefined ? {} : { defaultQuery: welcomeQuery }),
    // Whoever opens the page again, or a second time, goes on with what stands there, signed in as before.
    shouldPersistHeaders: true,
  };
  return settings as ClientConfig;
}

/** Names the page, and lets it run its own scripts only. */
export const GraphiqlPagePlugin: GraphileConfig.Plugin = {
  name: 'GraphiqlPagePlugin',
  version: '1.0.0',
  description: 'Gives GraphiQL its title, a layout for phones and a Content-Security-Policy',
  grafserv: {
    middleware: {
      async ruruHTML(next, event) {
        event.htmlParts.titleTag = '<title>Trumpet</title>';
        event.htmlParts.metaTags += `<link rel="icon" href="data:,">${PHONES}`;
        event.htmlParts.configScript += REMEMBER_FIRST_QUERY;
        const html = await next();
        response(event.request.requestContext)?.setHeader(
          'Content-Security-Policy',
          `${POLICY}; script-src 'self' ${inlineScripts(html).map(hashSource).join(' ')}`,
        );
        return html;
      },
    },
  },
};

function response(context: Partial<Grafast.RequestContext>): ServerResponse | undefined {
  return context.node?.res;
}

function inlineScripts(html: string): string[] {
  return [...html.matchAll(/<script(?: type="module")?>(.*?)<\/script>/gs)].map(
    ([, script]) => script as string,
  );
}

function hashSource(script: string): string {
  return `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
}
