import { useWords } from '../words/words.tsx';
import { useSignInOptions } from './options.ts';

/** Where a developer finds what the page is made on. */
export function Developers() {
  const words = useWords().developers;
  const { graphiql, documents } = useSignInOptions();
  const socketOrigin = location.origin.replace(/^http/, 'ws');
  return (
    <details className="trumpet-developers">
      <summary>{words.title}</summary>
      <dl>
        {graphiql && (
          <div>
            <dt>GraphiQL</dt>
            <dd>
              <a href="/graphiql">/graphiql</a> {words.graphiql}
            </dd>
          </div>
        )}
        {documents && (
          <div>
            <dt>{words.documents}</dt>
            <dd>
              <a href="/docs/">/docs</a>
            </dd>
          </div>
        )}
        <div>
          <dt>GraphQL</dt>
          <dd>
            <code>{location.origin}/graphql</code>
          </dd>
        </div>
        <div>
          <dt>WebSocket</dt>
          <dd>
            <code>{socketOrigin}/graphql</code>, <code>{socketOrigin}/ws</code>
          </dd>
        </div>
        <div>
          <dt>Server-Sent Events</dt>
          <dd>
            <code>{location.origin}/events/…</code>
          </dd>
        </div>
      </dl>
    </details>
  );
}
