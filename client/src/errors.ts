/** A refusal by the server, with its code: what was asked will not happen by asking again, unless the code says so. */
export class TrumpetError extends Error {
  /** One of the codes of the API, such as `FORBIDDEN`; `UNEXPECTED` for an error of the server. */
  readonly code: string;
  /** How long to wait before the same may be asked again. */
  readonly retryAfterMs: number | undefined;

  constructor(code: string, message: string, retryAfterMs?: number) {
    super(message);
    this.name = 'TrumpetError';
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** No answer: the network or the server is away, or the answer was not the server's (as in a captive portal). */
export class NetworkError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NetworkError';
  }
}

/** Passes over what the network and the server may do; anything else is a defect, and is thrown. */
export function throwDefect(error: unknown): void {
  if (!(error instanceof NetworkError || error instanceof TrumpetError)) {
    throw error;
  }
}

/** Errors as GraphQL gives them. */
export interface GraphqlError {
  readonly message: string;
  readonly extensions?: { readonly code?: string; readonly retryAfterMs?: number };
}

export function refusalOf(errors: readonly GraphqlError[]): TrumpetError {
  const [first] = errors;
  return new TrumpetError(
    first?.extensions?.code ?? 'UNEXPECTED',
    first?.message ?? 'No reason was given.',
    first?.extensions?.retryAfterMs,
  );
}
