import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { jest } from '@jest/globals';
import { linksIn } from '../../src/links/addresses.ts';
import { fetchPage } from '../../src/links/fetch-page.ts';
import { readPage } from '../../src/links/page.ts';

/* A server of this machine, which is asked because it is trusted. */
let answer: RequestListener = (_, response) => response.end();
let requests = 0;
const server = createServer((request, response) => {
  requests += 1;
  answer(request, response);
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const other = createServer((_, response) => {
  requests += 1;
  response.setHeader('content-type', 'text/html').end('<title>secret</title>');
}).listen(0, '127.0.0.1');
await once(other, 'listening');
const untrusted = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;

afterAll(() => {
  for (const one of [server, other]) {
    one.closeAllConnections();
    one.close();
  }
});

const trusting = { trustedOrigins: [origin] };
const page = (body: string | Buffer, headers: Record<string, string> = {}): RequestListener => {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html', ...headers }).end(body);
  };
};

async function fetched(body: string | Buffer, headers: Record<string, string> = {}) {
  answer = page(body, headers);
  return fetchPage(origin, trusting);
}

const PRIVATE = [
  'http://127.0.0.1/',
  'http://localhost/',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0177.0.0.1/',
  'http://0/',
  'http://10.0.0.1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://100.64.0.1/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://[64:ff9b::7f00:1]/',
  'http://[fe80::1]/',
  'http://[fd00:ec2::254]/',
  'https://example.org:8443/',
  'http://example.org:22/',
  'http://user:password@example.org/',
  'http://user@example.org/',
  'ftp://example.org/',
  'file:///etc/passwd',
  'gopher://example.org/',
  'data:text/html,<title>x</title>',
];

describe('an address that leads into our own network, or is none of a page', () => {
  test.each(PRIVATE)('%s is not asked', async (address) => {
    const connect = jest.spyOn(Socket.prototype, 'connect');
    await expect(fetchPage(address, trusting)).rejects.toMatchObject({
      name: 'EndpointRefusedError',
    });
    // A name is looked up before the socket connects; then it does not.
    const tried = connect.mock.results.filter(({ type }) => type === 'return').length;
    expect(tried).toBeLessThanOrEqual(1);
    connect.mockRestore();
  });

  test.each([...PRIVATE.slice(2), untrusted])(
    'a redirect to %s is not followed',
    async (address) => {
      answer = (_, response) => response.writeHead(302, { location: address }).end();
      requests = 0;
      await expect(fetchPage(origin, trusting)).rejects.toMatchObject({
        name: 'EndpointRefusedError',
      });
      expect(requests).toBe(1);
    },
  );

  test('a name that leads there, beside a public address or the second time, is not connected to', async () => {
    let asked = 0;
    const resolve = async () => {
      asked += 1;
      return [
        { address: '8.8.8.8', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ];
    };
    await expect(
      fetchPage('http://rebind.example.org/', { trustedOrigins: [], resolve }),
    ).rejects.toMatchObject({ name: 'EndpointRefusedError' });
    expect(asked).toBe(1);
  });

  test('more than three redirects are too many', async () => {
    answer = (_, response) => response.writeHead(302, { location: '/again' }).end();
    requests = 0;
    await expect(fetchPage(origin, trusting)).rejects.toThrow('the answer is 302');
    expect(requests).toBe(4);
  });
});

describe('a server that does not behave', () => {
  test('and says nothing, or never ends, is left when the time is over', async () => {
    for (const slow of [
      () => {},
      ((_, response) => {
        response.writeHead(200, { 'content-type': 'text/html' });
        const timer = setInterval(() => response.write(' '), 10);
        response.on('close', () => clearInterval(timer));
      }) satisfies RequestListener,
    ]) {
      answer = slow;
      await expect(fetchPage(origin, { ...trusting, timeoutMs: 200 })).rejects.toThrow();
    }
  });

  test('and sends without end is read for a megabyte', async () => {
    let sent = 0;
    const closed = Promise.withResolvers<void>();
    answer = (_, response) => {
      response.on('close', closed.resolve);
      response.writeHead(200, { 'content-type': 'text/html' });
      response.write('<title>Long</title>');
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 32))) {
          sent += 65_536;
        }
      };
      response.on('drain', more);
      more();
    };
    expect(await fetchPage(origin, trusting)).toMatchObject({ title: 'Long' });
    await closed.promise;
    // What lies in the buffers of the sockets, beside.
    expect(sent).toBeLessThan(20_000_000);
  });

  test('and sends a gzip bomb has it unpacked for a megabyte', async () => {
    const before = process.memoryUsage.rss();
    const bomb = gzipSync(Buffer.concat([Buffer.from('<title>B</title>'), Buffer.alloc(300e6)]));
    const packed = process.memoryUsage.rss() - before;
    expect(await fetched(bomb, { 'content-encoding': 'gzip' })).toMatchObject({ title: 'B' });
    expect(process.memoryUsage.rss() - before - packed).toBeLessThan(100e6);
  });

  test.each([
    ['image/png', 200],
    ['application/json', 200],
    ['text/html', 404],
    ['text/html', 500],
  ])('and answers with %s and %i has no preview', async (type, status) => {
    answer = (_, response) =>
      response.writeHead(status, { 'content-type': type }).end('<title>x</title>');
    await expect(fetchPage(origin, trusting)).rejects.toThrow();
  });

  test('and packs in a way that is not its own has none', async () => {
    await expect(fetched('<title>x</title>', { 'content-encoding': 'gzip' })).rejects.toThrow();
    await expect(fetched('<title>x</title>', { 'content-encoding': 'zstd' })).rejects.toThrow();
  });
});

describe('a page', () => {
  test('is read in its charset, wherever it says so, and packed', async () => {
    const latin = Buffer.from('<title>Ca\xf1\xf3n</title>', 'latin1');
    const spanish = { title: 'Cañón' };
    expect(await fetched(latin, { 'content-type': 'text/html; charset=ISO-8859-1' })).toMatchObject(
      spanish,
    );
    const own = Buffer.concat([Buffer.from('<meta charset="windows-1252">'), latin]);
    expect(await fetched(own)).toMatchObject(spanish);
    const japanese = Buffer.concat([
      Buffer.from('<title>'),
      Buffer.from([0x93, 0xfa, 0x96, 0x7b]),
      Buffer.from('</title>'),
    ]);
    expect(
      await fetched(japanese, { 'content-type': 'text/html; charset="Shift_JIS"' }),
    ).toMatchObject({ title: '日本' });
    expect(
      await fetched('<title>ü</title>', { 'content-type': 'text/html; charset=nonsense' }),
    ).toMatchObject({ title: 'ü' });
    expect(
      await fetched(gzipSync('<title>ü</title>'), { 'content-encoding': 'gzip' }),
    ).toMatchObject({ title: 'ü' });
    const utf16 = Buffer.concat([
      Buffer.from([0xff, 0xfe]),
      Buffer.from('<title>ü</title>', 'utf16le'),
    ]);
    expect(await fetched(utf16)).toMatchObject({ title: 'ü' });
  });

  test('says what it is by Open Graph, else by its title and description', () => {
    expect(
      readPage(`<html><head><!-- <title>no</title> --><script>"<title>no</title>"</script>
        <title lang=en>A &amp; B &#8212; &#x43; &unknown;</title>
        <meta name=description content='It is "about" this'>`),
    ).toEqual({
      title: 'A & B — C &unknown;',
      description: 'It is "about" this',
      siteName: null,
      picture: null,
    });
    expect(
      readPage(`<title>Old</title><meta content="New > old" property=og:title><META PROPERTY="og:description" CONTENT="d"/>
        <meta property="og:site_name" content="Site"><meta property="og:title" content="second">`),
    ).toEqual({ title: 'New > old', description: 'd', siteName: 'Site', picture: null });
    expect(readPage('<p>Nothing')).toBeNull();
    expect(readPage('<title> \u200b\u202e </title>')).toBeNull();
  });

  test('has a title of one line and 200 characters, without what turns or hides text', () => {
    const title = readPage(
      `<title>a\n\u202eb\u2066c\u0000d\u200be\ufeff${'x'.repeat(500_000)}</title>`,
    )?.title;
    expect(title).toMatch(/^a bc de?x+…$/);
    expect(Array.from(title ?? '')).toHaveLength(200);
    expect(readPage('<title>👩‍💻 می‌خواهم</title>')?.title).toBe('👩‍💻 می‌خواهم');
    expect(readPage(`<title>a${'\u0301'.repeat(500)}b</title>`)?.title).toBe(
      `a${'\u0301'.repeat(4)}b`,
    );
    expect(readPage('<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>')?.title).toBe(
      '<script>alert(1)</script>',
    );
  });

  test.each([
    '<title ',
    '<meta ',
    '<meta a="',
    '<meta a=\'b" ',
    '<!--',
    '<script',
    '&amp',
    '<meta a=b ',
  ])('that repeats %s is read in one go', (part) => {
    readPage(part.repeat(1_000_000 / part.length));
    // Once through for each place would take hours.
  });
});

describe('the links of a message', () => {
  test.each<[string, string[]]>([
    [
      'see https://a.example/x, and (http://b.example/y_(z)).',
      ['https://a.example/x', 'http://b.example/y_(z)'],
    ],
    [
      '[words](https://a.example/x "title") <https://b.example>',
      ['https://a.example/x', 'https://b.example/'],
    ],
    ['**https://a.example/x**', ['https://a.example/x']],
    ['HTTPS://A.example/#one https://a.example/#two', ['https://a.example/']],
    ['https://münchen.example/ü', ['https://xn--mnchen-3ya.example/%C3%BC']],
    ['`https://a.example` ``x ` https://b.example``', []],
    ['```\nhttps://a.example\n```\nhttps://b.example', ['https://b.example/']],
    ['~~~~ js\nhttps://a.example\n~~~\n', []],
    ['    https://a.example\n\nhttps://b.example', ['https://b.example/']],
    ['words\n    https://a.example', ['https://a.example/']],
    ['> ~~~\n> https://a.example\n> ~~~\nhttps://b.example', ['https://b.example/']],
    ['> ```\n> https://a.example\nhttps://b.example', ['https://b.example/']],
    ['>     https://a.example\n\nhttps://b.example', ['https://b.example/']],
    ['> > ~~~\n> > https://a.example\n> https://b.example', ['https://b.example/']],
    ['```\n> https://a.example\n```\n> https://b.example', ['https://b.example/']],
    ['> https://b.example\n> `https://a.example`', ['https://b.example/']],
    ['javascript:alert(1) ftp://a.example mailto:a@b.example xhttp://a.example', []],
    ['https:// http://', []],
  ])('%j', (text, links) => {
    expect(linksIn(text)).toEqual(links);
  });

  test('are three, whatever their number, and none of more than 2,000 characters', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => `https://a.example/${index}`);
    expect(linksIn(hundred.join(' '))).toEqual(hundred.slice(0, 3));
    expect(linksIn(`https://a.example/${'x'.repeat(2_000)}`)).toEqual([]);
  });
});
