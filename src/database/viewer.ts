/** Who is asking, as a verified access token says. No viewer is a visitor. */
export interface Viewer {
  readonly userId: string;
  readonly sessionId: string;
  /** When the access token ends: sockets that it opened are closed then. */
  readonly expiresAt: Date;
}

/** How long one statement of a request may run before Postgres cancels it, in milliseconds. */
const STATEMENT_TIMEOUT_MS = 5_000;

/**
 * The Postgres settings that a request's transaction begins with: the role, and who it is for. Nothing that a caller
 * sends reaches them but by way of a verified token.
 */
export function pgSettingsFor(viewer: Viewer | undefined): Record<string, string> {
  return {
    role: viewer === undefined ? 'trumpet_visitor' : 'trumpet_user',
    'trumpet.user_id': viewer?.userId ?? '',
    'trumpet.session_id': viewer?.sessionId ?? '',
    statement_timeout: String(STATEMENT_TIMEOUT_MS),
  };
}

const viewers = new WeakMap<object, Viewer>();

/** Notes who sent an HTTP request, or the request that opened a WebSocket, once its token is verified. */
export function rememberViewer(request: object, viewer: Viewer): void {
  viewers.set(request, viewer);
}

/** Who sent a request; undefined for a visitor. */
export function viewerOf(request: object | undefined): Viewer | undefined {
  return request === undefined ? undefined : viewers.get(request);
}
