/** A browser as far as addresses, redirects and cookies go. Cookies are kept by origin and path. */
export interface Browsing {
  /** Follows every redirect, until one leads to where `until` says, or there is none. */
  open(address: string, until?: (address: URL) => boolean): Promise<Visit>;
  /** Asks as a script of the page would: nothing is followed. */
  fetch(address: string, init?: RequestInit): Promise<Response>;
  /** All cookies for an address, as they are sent. */
  cookiesFor(address: string): string;
}

interface Visit {
  /** Where it ended: an address that was opened, or to which a redirect led. */
  readonly address: URL;
  /** Undefined where `until` stopped it. */
  readonly response?: Response;
}

interface Kept {
  readonly value: string;
  readonly path: string;
}

const MAX_REDIRECTS = 20;

export function createBrowsing(): Browsing {
  const cookies = new Map<string, Map<string, Kept>>();

  function cookiesFor(address: string): string {
    const { origin, pathname } = new URL(address);
    return [...(cookies.get(origin) ?? [])]
      .filter(([, { path }]) => pathname.startsWith(path))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
  }

  function keep(address: string, response: Response): void {
    const { origin } = new URL(address);
    const kept = cookies.get(origin) ?? new Map<string, Kept>();
    cookies.set(origin, kept);
    for (const text of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = text.split(/; */);
      const [name = '', ...value] = pair.split('=');
      const said = new Map(
        attributes.map((each) => {
          const [attribute = '', ...said] = each.split('=');
          return [attribute.toLowerCase(), said.join('=')];
        }),
      );
      const isOver = Date.parse(said.get('expires') ?? '') < Date.now();
      if (isOver) {
        kept.delete(name);
      } else {
        kept.set(name, { value: value.join('='), path: said.get('path') ?? '/' });
      }
    }
  }

  async function ask(address: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('cookie', cookiesFor(address));
    headers.set('connection', 'close');
    const response = await fetch(address, { ...init, headers, redirect: 'manual' });
    keep(address, response);
    return response;
  }

  async function open(
    first: string,
    until: (address: URL) => boolean = () => false,
  ): Promise<Visit> {
    let address = new URL(first);
    for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
      if (until(address)) {
        return { address };
      }
      const response = await ask(address.href);
      const location = response.headers.get('location');
      if (location === null) {
        return { address, response };
      }
      await response.body?.cancel();
      address = new URL(location, address);
    }
    throw new Error(`More than ${MAX_REDIRECTS} redirects, to ${address.href} at last`);
  }

  return { open, fetch: ask, cookiesFor };
}
