import { readFileSync } from 'node:fs';

test('what docs/clients.md shows is what these tests run', () => {
  const document = readFileSync('docs/clients.md', 'utf8');
  const shown = [...document.matchAll(/^```\w+ (examples\/\S+)\n(.*?)^```$/gms)];
  expect(shown.map(([, name]) => name)).toEqual([
    'examples/clients/codegen.ts',
    'examples/clients/graphcache.ts',
    'examples/clients/apollo.ts',
    'examples/clients/relay/relay.config.json',
    'examples/clients/relay/RoomScreen.ts',
    'examples/clients/live.ts',
  ]);
  for (const [, name, text] of shown) {
    expect(text).toBe(readFileSync(name ?? '', 'utf8'));
  }
});
