/** The page's policy lets scripts be loaded from no address that a text names, but from this one. */
const SERVICE_WORKER = '/service-worker.js';

interface Policy {
  createScriptURL(address: string): string;
}

interface TrustedTypes {
  createPolicy(name: string, rules: Policy): Policy;
}

/** The address of the service worker, as browsers with Trusted Types want it. */
export function serviceWorkerAddress(): string {
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes };
  const policy = trustedTypes?.createPolicy('trumpet', { createScriptURL: () => SERVICE_WORKER });
  return policy?.createScriptURL(SERVICE_WORKER) ?? SERVICE_WORKER;
}
