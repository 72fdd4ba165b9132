import { CLIENT_FRAME_TYPES } from '../../src/realtime/transports/json/client-frames.ts';
import { SERVER_FRAME_TYPES } from '../../src/realtime/transports/json/server-frames.ts';
import { blocksIn } from './support/blocks.ts';

/** The frames that a text shows, by who sends them. */
const framesIn = (text: string, arrow: string) =>
  Array.from(text.matchAll(new RegExp(`^${arrow} (\\{.*\\})$`, 'gm')), ([, json = '']) =>
    // What is left out of a long frame is three dots.
    JSON.parse(json.replace(/,…\}$/, '}')),
  );

test('the frames in texts can be read, and have types that there are', () => {
  const blocks = blocksIn('text');
  const sent = blocks.flatMap(({ text }) => framesIn(text, '→'));
  const received = blocks.flatMap(({ text }) => framesIn(text, '←'));
  expect(sent.length).toBeGreaterThan(0);
  expect(received.length).toBeGreaterThan(0);
  for (const { type } of sent) {
    expect(CLIENT_FRAME_TYPES).toContain(type);
  }
  for (const { type } of received) {
    expect(SERVER_FRAME_TYPES).toContain(type);
  }
});
