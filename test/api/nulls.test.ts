import { createTestWorld } from '../../testing/world.ts';

/* What a change leaves out stays, and what it gives as null goes, whether it stands in the document or in a variable. */

const { database, server, close } = await createTestWorld();
afterAll(close);

const ada = await database.createUser('ada');

type Changes = Readonly<Record<string, unknown>>;

async function change(mutation: string, input: Changes, give: string) {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  const whole = await server.graphql(
    `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${give} } }`,
    { input },
    ada.token,
  );
  const written = Object.entries(input).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  const literal = await server.graphql(
    `mutation { ${mutation}(input: { ${written.join(', ')} }) { ${give} } }`,
    {},
    ada.token,
  );
  expect(literal.data).toEqual(whole.data);
  expect(literal.errors?.[0]?.extensions?.code).toEqual(whole.errors?.[0]?.extensions?.code);
  return { result: whole.data?.[mutation], code: whole.errors?.[0]?.extensions?.code };
}

test('updateRoom', async () => {
  const room = await database.createRoom(ada, { name: 'Plaza', maxMembers: 10 });
  const update = (changes: Changes) =>
    change('updateRoom', { roomId: room.id, ...changes }, 'room { name description maxMembers }');
  const all = { name: 'Square', description: 'For all', maxMembers: 20 };
  expect(await update(all)).toMatchObject({ result: { room: all } });
  expect(await update({})).toMatchObject({ result: { room: all } });
  expect(await update({ maxMembers: null })).toMatchObject({
    result: { room: { ...all, maxMembers: null } },
  });
  expect(await update({ description: null })).toMatchObject({
    result: { room: { name: 'Square', description: null, maxMembers: null } },
  });
  expect(await update({ name: null })).toMatchObject({ code: 'BAD_INPUT' });
  expect(await update({ maxMembers: 0 })).toMatchObject({ code: 'BAD_INPUT' });
});

test('updateProfile', async () => {
  const update = (changes: Changes) =>
    change('updateProfile', changes, 'user { displayName avatarUrl }');
  const all = { displayName: 'Ada', avatarUrl: 'https://example.test/a.png' };
  expect(await update(all)).toMatchObject({ result: { user: all } });
  expect(await update({})).toMatchObject({ result: { user: all } });
  expect(await update({ avatarUrl: null })).toMatchObject({
    result: { user: { displayName: 'Ada', avatarUrl: null } },
  });
  expect(await update({ displayName: null })).toMatchObject({ code: 'BAD_INPUT' });
});
