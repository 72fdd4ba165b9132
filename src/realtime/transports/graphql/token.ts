/** The token in connection_init's payload, under `authorization` in any case, or as `accessToken`. */
export function tokenInParams(params: Record<string, unknown> | undefined): string | undefined {
  for (const [name, value] of Object.entries(params ?? {})) {
    if (typeof value === 'string' && name.toLowerCase() === 'authorization') {
      return tokenInHeader(value) ?? value;
    }
    if (typeof value === 'string' && name === 'accessToken') {
      return value;
    }
  }
  return undefined;
}

/** The token in an `Authorization` header. */
export function tokenInHeader(header: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
}

/** Whom a key is to act as, in connection_init's payload. */
export function actAsInParams(params: Record<string, unknown> | undefined): string | undefined {
  const actAs = params?.actAs;
  return typeof actAs === 'string' ? actAs : undefined;
}
