/** What pages of this server may do: nothing inline, nothing from elsewhere, and no writing of HTML by scripts. */
const BASE = {
  'default-src': "'self'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' blob: data:",
  'media-src': "'self' blob:",
  'connect-src': "'self'",
  'worker-src': "'self'",
  'manifest-src': "'self'",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'self'",
  'frame-ancestors': "'none'",
} as const;

/**
 * The policy of the chat's page.
 *
 * @param fileOrigins where files come from beside the page's own origin
 */
export function pagePolicy(fileOrigins: readonly string[]): string {
  const files = [...new Set(fileOrigins)].join(' ');
  const withFiles = (sources: string) => `${sources} ${files}`.trim();
  return policyText({
    ...BASE,
    'img-src': withFiles(BASE['img-src']),
    'media-src': withFiles(BASE['media-src']),
    'connect-src': withFiles(BASE['connect-src']),
    'require-trusted-types-for': "'script'",
    // The one policy registers the service worker.
    'trusted-types': 'trumpet',
  });
}

/** The policy of the documents' site. It is made with Vue, which writes its templates as HTML. */
export const documentsPolicy = policyText(BASE);

function policyText(directives: Readonly<Record<string, string>>): string {
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}

/** What goes with either policy. */
export const PAGE_HEADERS = {
  'Permissions-Policy':
    'camera=(), display-capture=(), geolocation=(), microphone=(self), midi=(), payment=(), usb=()',
  // Not `no-referrer`: then a browser would send `Origin: null` with what the page sends to its own server.
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
} as const;
