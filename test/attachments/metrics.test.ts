import { picture } from './support/pictures.ts';
import { GIF_AND_SCRIPT, HTML } from './support/traps.ts';
import { uploadFile } from './support/upload.ts';
import { createAttachmentsWorld } from './support/world.ts';

const world = await createAttachmentsWorld();
afterAll(() => world.close());

test('what was received, refused and looked at is counted', async () => {
  const ada = await world.database.createUser();
  const upload = (bytes: Buffer, filename: string) =>
    uploadFile(world.server.url, ada, bytes, { filename });
  const bytes = await picture('jpeg');
  const ready = await upload(bytes, 'photo.jpg');
  const broken = await upload(GIF_AND_SCRIPT, 'trick.gif');
  await expect(upload(HTML, 'cat.png')).rejects.toThrow();
  await Promise.all([ready, broken].map(({ id }) => world.verdictOn(id)));

  const text = await (await world.fetch('/metrics')).text();
  expect(text.split('\n')).toEqual(
    expect.arrayContaining([
      'trumpet_attachments_received_total 2',
      `trumpet_attachments_received_bytes_total ${bytes.length + GIF_AND_SCRIPT.length}`,
      'trumpet_attachments_refused_total{cause="bad_input"} 1',
      'trumpet_attachments_processed_total{result="ready"} 1',
      'trumpet_attachments_processed_total{result="broken"} 1',
      'trumpet_attachments_processing_seconds_count 2',
    ]),
  );
});
