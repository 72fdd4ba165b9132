import { createTestDatabase } from '../../testing/database.ts';

/* Places and contacts in messages are what they say, whoever writes them. */

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner, call } = database;

const ada = await database.createUser();
const { id: roomId } = await database.createRoom(ada);
const share = (metadata: unknown) =>
  call(ada, 'send_message', roomId, 'Here', 'text', JSON.stringify(metadata));

const HERE = { latitude: 52.5163, longitude: 13.3777 };

test.each([
  { location: HERE },
  { location: { latitude: -90, longitude: 180, name: 'Pole', address: 'Ice 1\nAntarctica' } },
  { contact: { name: 'Carol' } },
  {
    contact: {
      name: 'Carol',
      organization: 'Example',
      title: 'Gardener',
      phones: ['+49 (30) 90-1820', '112'],
      emails: ['carol@example.test'],
      address: 'Garden 1',
      url: 'https://example.test/carol',
    },
  },
])('%j is taken as it is', async (metadata) => {
  expect(await share(metadata)).toMatchObject({ metadata });
});

const contact = (more: object) => ({ contact: { name: 'Carol', ...more } });
test('a number that nobody could read is refused, and hides no other message where it was brought in', async () => {
  await expect(
    call(
      ada,
      'send_message',
      roomId,
      'here',
      'text',
      '{"location":{"latitude":1e-400,"longitude":1}}',
    ),
  ).rejects.toMatchObject({ code: 'TR400' });
  const { id } = await share({ location: HERE });
  await owner.query(
    `update app_public.messages set metadata = '{"location":{"latitude":1e-400,"longitude":1}}' where id = $1`,
    [id],
  );
  const { rows } = await database.asUser(ada, (client) =>
    client.query(
      'select app_public.messages_location(messages) as place from app_public.messages where id = $1',
      [id],
    ),
  );
  expect(rows).toEqual([{ place: null }]);
});

test.each([
  { location: { latitude: 90.01, longitude: 0 } },
  { location: { latitude: 0, longitude: -180.5 } },
  { location: { latitude: '52', longitude: 13 } },
  { location: { latitude: 52 } },
  { location: null },
  { location: [52, 13] },
  { location: { ...HERE, zoom: 3 } },
  { location: { ...HERE, name: '' } },
  { location: { ...HERE, name: 'x'.repeat(501) } },
  { location: { ...HERE, address: 5 } },
  { contact: {} },
  { contact: 'Carol' },
  contact({ name: '  ' }),
  contact({ phones: '112' }),
  contact({ phones: ['call me'] }),
  contact({ phones: Array(11).fill('112') }),
  contact({ emails: ['carol'] }),
  contact({ emails: [5] }),
  contact({ url: 'javascript:alert(1)' }),
  contact({ title: 'a\u0007' }),
  contact({ birthday: '1990-01-01' }),
  { location: HERE, contact: { name: 'Carol' } },
])('%j is refused', async (metadata) => {
  await expect(share(metadata)).rejects.toMatchObject({ code: 'TR400' });
});

test('they are read with types, and what an import brought that is none is none', async () => {
  const place = await share({ location: { ...HERE, name: 'Gate' } });
  const person = await share(contact({ phones: ['112'] }));
  const odd = await call(ada, 'send_message', roomId, 'Odd');
  await owner.query('update app_public.messages set metadata = $2 where id = $1', [
    odd.id,
    JSON.stringify({ location: 'Berlin', contact: ['Carol'] }),
  ]);
  const read = async (id: string) => {
    const { rows } = await database.asUser(ada, (client) =>
      client.query(
        `select (app_public.messages_location(messages)).latitude, (app_public.messages_contact(messages)).phones
          from app_public.messages where id = $1`,
        [id],
      ),
    );
    return rows[0];
  };
  expect(await read(place.id)).toEqual({ latitude: 52.5163, phones: null });
  expect(await read(person.id)).toEqual({ latitude: null, phones: ['112'] });
  expect(await read(odd.id)).toEqual({ latitude: null, phones: null });
});

test('the map is what the installation says, or what the device has', async () => {
  const ask = async () => {
    const { rows } = await database.asUser(ada, (client) =>
      client.query('select app_public.map_address() as address'),
    );
    return rows[0].address;
  };
  expect(await ask()).toContain('{latitude}');
  const choose = (address: string | null) =>
    owner.query('update app_private.map_rules set address = $1', [address]);
  await choose('https://maps.test/?at={latitude},{longitude}');
  expect(await ask()).toBe('https://maps.test/?at={latitude},{longitude}');
  await expect(choose('https://maps.test/')).rejects.toMatchObject({ code: '23514' });
  await expect(choose('javascript:{latitude}{longitude}')).rejects.toMatchObject({ code: '23514' });
  await choose(null);
  expect(await ask()).toBe(null);
});
