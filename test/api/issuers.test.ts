import { randomUUID } from 'node:crypto';
import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { offsetWallClock } from '../../testing/clock.ts';
import { openEventStream } from '../../testing/event-stream.ts';
import { AUDIENCE, ISSUER, startIssuer } from '../../testing/issuer.ts';
import { openJsonSocket } from '../../testing/json-socket.ts';
import { createTestWorld } from '../../testing/world.ts';

const OWN_KEY = 'https://own-key.example.org';
const SECRET = 'https://secret.example.org';
const AWAY = 'https://away.example.org';
const sharedSecret = 'a secret that is shared by two servers';

const issuer = await startIssuer();
const away = await startIssuer();
away.goAway();
const ownPair = await generateKeyPair('RS256', { extractable: true });
const publicKey = await exportSPKI(ownPair.publicKey);
const { database, server, close } = await createTestWorld({
  AUTH_ISSUERS: JSON.stringify([
    { issuer: ISSUER, audience: AUDIENCE, jwks: issuer.jwks },
    { issuer: AWAY, audience: AUDIENCE, jwks: away.jwks },
    {
      issuer: OWN_KEY,
      audience: ['chat', 'talk'],
      publicKey,
      claims: { subject: 'uid', username: 'login', name: 'full_name', picture: null },
    },
    { issuer: SECRET, audience: AUDIENCE, secret: sharedSecret },
  ]),
});

afterAll(async () => {
  await close();
  await Promise.all([issuer.close(), away.close()]);
});

const WHO = '{ currentUser { id username displayName avatarUrl } }';
const now = () => Math.floor(Date.now() / 1_000);
const newSubject = () => `auth0|${randomUUID()}`;

async function who(token: string) {
  const { data, errors } = await server.graphql(WHO, {}, token);
  return data?.currentUser ?? errors?.[0]?.extensions?.code;
}

function revoke(logoutToken: string): Promise<Response> {
  return fetch(`${server.url}/auth/revoke`, {
    method: 'POST',
    body: new URLSearchParams({ logout_token: logoutToken }),
  });
}

async function addressOf(userId: string) {
  const { rows } = await database.owner.query(
    'select email, password_hash from app_private.user_secrets where user_id = $1',
    [userId],
  );
  return rows;
}

describe('a person whom an issuer knows', () => {
  test('is made when they are seen for the first time, as the issuer describes them', async () => {
    const sub = newSubject();
    const claims = {
      sub,
      preferred_username: 'Grace.Hopper',
      name: 'Grace Hopper',
      picture: 'https://pictures.example.org/grace.png',
      email: 'grace@example.org',
    };
    const person = await who(await issuer.token(claims));
    expect(person).toEqual({
      id: expect.any(String),
      username: 'grace.hopper',
      displayName: 'Grace Hopper',
      avatarUrl: 'https://pictures.example.org/grace.png',
    });
    expect(await addressOf(person.id)).toEqual([
      { email: 'grace@example.org', password_hash: null },
    ]);
    expect(await who(await issuer.token({ sub }))).toMatchObject({ id: person.id });
  });

  test('is one person, however many requests come first at once', async () => {
    const sub = newSubject();
    const tokens = await Promise.all([
      issuer.token({ sub, jti: 'a' }),
      issuer.token({ sub, jti: 'b' }),
    ]);
    const people = await Promise.all(tokens.concat(tokens, tokens).map(who));
    expect(new Set(people.map(({ id }) => id)).size).toBe(1);
  });

  test.each([
    ['taken', 'taken.name', /^taken\.name2$/],
    ['reserved', 'admin', /^admin2$/],
    ['of a deleted account', 'deleted_user', /^user/],
    ['of letters that a username has none of', 'محمد', /^user/],
    ['an address', 'linus@example.org', /^linus$/],
    ['longer than a username', 'a'.repeat(400), /^a{24}$/],
    ['with accents', 'Zoë Ünal', /^zoeunal$/],
    ['one letter', 'x', /^user/],
  ])('has a username where the wished one is %s', async (_, wished, username) => {
    if (wished === 'taken.name') {
      await database.createUser('taken.name');
    }
    const person = await who(await issuer.token({ sub: newSubject(), preferred_username: wished }));
    expect(person.username).toMatch(username);
  });

  test('may have a name that is reserved, blank or far too long, and is let in all the same', async () => {
    for (const name of ['System', ' \u200b ', 'x'.repeat(3_000), 'with \0 NUL', 7]) {
      expect(await who(await issuer.token({ sub: newSubject(), name }))).toMatchObject({
        displayName: expect.any(String),
      });
    }
  });

  test.each<[string, Record<string, unknown>, object]>([
    ['name', { name: 'Ada \ud83d' }, { displayName: 'Ada \ufffd' }],
    ['username', { preferred_username: 'ada\ud83d.half' }, { username: 'ada.half' }],
    ['address', { email: 'ada\ud83d@example.org' }, {}],
    ['group', { groups: ['staff\udc00'] }, {}],
  ])('is let in where half a character is left of their %s', async (_, claims, person) => {
    expect(await who(await issuer.token({ sub: newSubject(), ...claims }))).toMatchObject({
      id: expect.any(String),
      ...person,
    });
  });

  test('is never another one whose subject differs by half a character', async () => {
    const sub = newSubject();
    const whole = await who(await issuer.token({ sub: `${sub}\ufffd` }));
    expect(whole).toMatchObject({ id: expect.any(String) });
    for (const half of ['\ud83d', '\ud83e', '\udc00']) {
      expect(await who(await issuer.token({ sub: sub + half }))).toBe('UNAUTHENTICATED');
    }
  });

  test('changes when what the issuer says changes, and not by what it said before', async () => {
    const sub = newSubject();
    const at = (iat: number, name: string) => issuer.token({ sub, name, iat: now() + iat });
    const { id } = await who(await at(-60, 'First'));
    expect(await who(await at(-30, 'Second'))).toMatchObject({ id, displayName: 'Second' });
    expect(await who(await at(-45, 'Between'))).toMatchObject({ displayName: 'Second' });
    const token = await at(-20, 'Second');
    await server.graphql(
      'mutation { updateProfile(input: { displayName: "Own" }) { user { id } } }',
      {},
      token,
    );
    expect(await who(await at(-10, 'Second'))).toMatchObject({ displayName: 'Own' });
    expect(await who(await at(-5, 'Third'))).toMatchObject({ displayName: 'Third' });
  });

  test('is never one of our own by the address alone', async () => {
    const { data } = await server.graphql(
      `mutation { signUp(input: { username: "own_address", password: "correct horse", email: "same@example.org" })
         { session { user { id } } } }`,
    );
    const person = await who(
      await issuer.token({ sub: newSubject(), email: 'same@example.org', email_verified: true }),
    );
    expect(person.id).not.toBe(data.signUp.session.user.id);
  });

  test('has no address that the issuer has not verified', async () => {
    for (const email_verified of [false, 'false', 'False', 'no', 0, null]) {
      const { id } = await who(
        await issuer.token({ sub: newSubject(), email: 'x@example.org', email_verified }),
      );
      expect(await addressOf(id)).toEqual([{ email: null, password_hash: null }]);
    }
    const { id } = await who(
      await issuer.token({ sub: newSubject(), email: 'x@example.org', email_verified: 'true' }),
    );
    expect(await addressOf(id)).toEqual([{ email: 'x@example.org', password_hash: null }]);
  });

  test('has no password to guess, prove or change', async () => {
    const token = await issuer.token({ sub: newSubject(), preferred_username: 'without_password' });
    const { username } = await who(token);
    for (const password of ['', 'x', 'null']) {
      const { errors } = await server.graphql(
        'mutation ($input: SignInInput!) { signIn(input: $input) { session { userId: accessToken } } }',
        { input: { username, password } },
      );
      expect(errors?.[0]?.extensions?.code).toBe('WRONG_CREDENTIALS');
    }
    const { errors } = await server.graphql(
      `mutation { changePassword(input: { currentPassword: "", newPassword: "correct horse" }) { clientMutationId } }`,
      {},
      token,
    );
    expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  });

  test('speaks over every transport', async () => {
    const token = await issuer.token({ sub: newSubject() });
    const { id } = await who(token);
    const ada = await database.createUser();
    const room = await database.createRoom(ada, { members: [{ id }] });

    await database.sendMessage(ada, room.id, 'hello');
    const socket = await server.socket({ token });
    const events = socket.subscribe(
      'subscription ($roomId: UUID!) { roomEvents(roomId: $roomId, after: "0") { __typename } }',
      { roomId: room.id },
    );
    await events.nextData();
    const json = await openJsonSocket(`${server.url}/ws/${id}`);
    json.send({ type: 'auth', token });
    expect(await json.next()).toEqual({ type: 'ready', user_id: id });
    await json.close();
    const stream = await openEventStream(`${server.url}/events/${room.id}?after=0`, {
      authorization: `Bearer ${token}`,
    });
    await stream.next();
    stream.close();
    const upload = await fetch(`${server.url}/attachments`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'tus-resumable': '1.0.0',
        'upload-length': '3',
        'upload-metadata': `filename ${btoa('a.txt')},filetype ${btoa('text/plain')}`,
      },
    });
    expect(upload.status).toBe(201);
  });

  test('may have its keys, its claims and its audiences set', async () => {
    const token = await new SignJWT({
      uid: 'u1',
      login: 'kay',
      full_name: 'Alan Kay',
      picture: 'https://x.org/a.png',
    })
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(OWN_KEY)
      .setAudience(['other', 'talk'])
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(ownPair.privateKey);
    expect(await who(token)).toMatchObject({
      username: 'kay',
      displayName: 'Alan Kay',
      avatarUrl: null,
    });
    const shared = await new SignJWT({ sub: 'u1' })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(SECRET)
      .setAudience(AUDIENCE)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(new TextEncoder().encode(sharedSecret));
    expect(await who(shared)).toMatchObject({ username: expect.stringMatching(/^user/) });
  });
});

describe('a token of an issuer is refused', () => {
  const sub = newSubject();
  const claims = { sub };

  test.each<[string, Record<string, unknown>]>([
    ['for another audience', { aud: 'bank' }],
    ['without an audience', { aud: undefined }],
    ['of an issuer whose name resembles', { iss: `${ISSUER}/` }],
    ['that names ourselves', { iss: 'trumpet', aud: 'trumpet' }],
    ['without a subject', { sub: undefined }],
    ['with an empty subject', { sub: '' }],
    ['with a subject that is a number', { sub: 7 }],
    ['with an endless subject', { sub: 'x'.repeat(501) }],
    ['that never ends', { exp: undefined }],
    ['that does not say when it began', { iat: undefined }],
    ['that has ended', { exp: now() - 60 }],
    ['that begins later', { iat: now() + 600, exp: now() + 900 }],
    ['that is not valid yet', { nbf: now() + 600 }],
    ['that lives for years', { exp: now() + 800 * 86_400 }],
    ['that tells of a sign-out', { events: {} }],
  ])('%s', async (_, changed) => {
    expect(await who(await issuer.token({ ...claims, ...changed }))).toBe('UNAUTHENTICATED');
  });

  test('signed by anything but the key that its issuer has', async () => {
    const stranger = await generateKeyPair('ES256');
    const all = { iss: ISSUER, aud: AUDIENCE, iat: now(), exp: now() + 60, ...claims };
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const asSecret = { ...all, iss: OWN_KEY, uid: 'u2' };
    const tokens = [
      await new SignJWT(all).setProtectedHeader({ alg: 'ES256' }).sign(stranger.privateKey),
      // Keys that a token brings along are not believed.
      await new SignJWT(all)
        .setProtectedHeader({ alg: 'ES256', kid: '../../etc/passwd', jku: away.jwks })
        .sign(stranger.privateKey),
      `${encode({ alg: 'none' })}.${encode(all)}.`,
      `${encode({ alg: 'none' })}.${encode(all)}.x`,
      // A public key is no shared secret.
      await new SignJWT(asSecret)
        .setProtectedHeader({ alg: 'HS256' })
        .sign(new TextEncoder().encode(publicKey)),
      // One issuer cannot speak for another.
      await new SignJWT({ ...all, iss: ISSUER })
        .setProtectedHeader({ alg: 'RS256' })
        .sign(ownPair.privateKey),
      await issuer.token({ ...claims, iss: SECRET }),
    ];
    for (const token of tokens) {
      expect(await who(token)).toBe('UNAUTHENTICATED');
    }
  });

  test('once its key has been taken out, and the new one is found without a restart', async () => {
    const before = await issuer.token({ sub: newSubject() });
    const alsoBefore = await issuer.token({ sub: newSubject() });
    expect(await who(before)).toMatchObject({ id: expect.any(String) });
    await issuer.rotate();
    using _later = offsetWallClock(60_000);
    const { fetches } = issuer;
    for (let count = 0; count < 5; count += 1) {
      expect(await who(await issuer.token({ sub: newSubject() }))).toMatchObject({
        id: expect.any(String),
      });
    }
    expect(issuer.fetches).toBe(fetches + 1);
    expect(await who(alsoBefore)).toBe('UNAUTHENTICATED');
    // Whoever has shown it before is who they are until it ends.
    expect(await who(before)).toMatchObject({ id: expect.any(String) });
  });

  test('with BUSY while the keys of the issuer cannot be had: signing in again would not help', async () => {
    const token = await away.token({ ...claims, iss: AWAY });
    const { errors, headers } = await server.graphql(WHO, {}, token);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BUSY', retryAfterMs: 5_000 });
    expect(headers.get('retry-after')).toBe('5');
    const socket = await server.socket({ token, acknowledged: false });
    expect(await socket.closed).toMatchObject({ code: 1013 });
  });
});

describe('access ends', () => {
  test('with the session that the issuer ends, and with no other', async () => {
    const sub = newSubject();
    const [first, second] = [
      { sub, sid: randomUUID() },
      { sub, sid: randomUUID() },
    ];
    const socket = await server.socket({ token: await issuer.token(first) });
    const other = await issuer.token(second);
    await who(other);
    const unseen = await issuer.token({ ...first, jti: 'another of the same session' });
    expect((await revoke(await issuer.logoutToken({ sid: first.sid }))).status).toBe(200);
    expect(await socket.closed).toMatchObject({ code: 4403 });
    expect(await who(unseen)).toBe('UNAUTHENTICATED');
    expect(await who(other)).toMatchObject({ id: expect.any(String) });
  });

  test('not with a session that is said to be of somebody else', async () => {
    const [sub, other] = [newSubject(), newSubject()];
    const session = { sub, sid: randomUUID() };
    const token = await issuer.token(session);
    const { id } = await who(token);
    await who(await issuer.token({ sub: other }));
    const { sid } = session;
    expect((await revoke(await issuer.logoutToken({ sid, sub: other }))).status).toBe(400);
    expect(await who(token)).toMatchObject({ id });
    expect((await revoke(await issuer.logoutToken({ sid, sub }))).status).toBe(200);
    expect(await who(token)).toBe('UNAUTHENTICATED');
  });

  test('with the person, whatever sessions have been seen; who signs in again comes back', async () => {
    const sub = newSubject();
    const early = now() - 10;
    const seen = await issuer.token({ sub, sid: randomUUID(), iat: early });
    const { id } = await who(seen);
    const unseen = await issuer.token({ sub, sid: randomUUID(), iat: early });
    expect((await revoke(await issuer.logoutToken({ sub, iat: early + 5 }))).status).toBe(200);
    expect(await who(seen)).toBe('UNAUTHENTICATED');
    expect(await who(unseen)).toBe('UNAUTHENTICATED');
    expect(await who(await issuer.token({ sub, sid: randomUUID() }))).toMatchObject({ id });
  });

  test.each([
    [
      'by the person, on this device',
      'mutation { signOut(input: {}) { clientMutationId } }',
      false,
    ],
    [
      'by the person, everywhere',
      'mutation { signOutEverywhere(input: {}) { clientMutationId } }',
      true,
    ],
  ])('%s', async (_, mutation, everywhere) => {
    const sub = newSubject();
    const iat = now() - 10;
    const session = { sub, iat, sid: randomUUID() };
    const token = await issuer.token(session);
    const elsewhere = await issuer.token({ sub, iat, sid: randomUUID() });
    await server.graphql(mutation, {}, token);
    expect(await who(token)).toBe('UNAUTHENTICATED');
    expect(await who(await issuer.token({ ...session, jti: 'unseen' }))).toBe('UNAUTHENTICATED');
    expect(await who(elsewhere)).toEqual(
      everywhere ? 'UNAUTHENTICATED' : expect.objectContaining({ id: expect.any(String) }),
    );
  });

  test.each([
    ['signing out here', 'mutation { signOut(input: {}) { clientMutationId } }'],
    ['signing out everywhere', 'mutation { signOutEverywhere(input: {}) { clientMutationId } }'],
    ['deleting the account', 'mutation { deleteMyAccount(input: {}) { clientMutationId } }'],
  ])('by %s, also where the clock of the issuer is ahead', async (_, mutation) => {
    const session = { sub: newSubject(), sid: randomUUID(), iat: now() + 4 };
    const token = await issuer.token(session);
    expect(await who(token)).toMatchObject({ id: expect.any(String) });
    const { errors } = await server.graphql(mutation, {}, token);
    expect(errors).toBeUndefined();
    // On a server that has not seen the token it is as unknown as this one.
    expect(await who(await issuer.token({ ...session, jti: 'unseen' }))).toBe('UNAUTHENTICATED');
    expect(await who(token)).toBe('UNAUTHENTICATED');
  });

  test.each([
    [
      'end_sessions',
      "update app_private.sessions set ended_at = now(), end_reason = 'by hand' where user_id = $1",
    ],
    ['delete', 'delete from app_private.sessions where user_id = $1'],
  ])('by hand at psql: %s', async (_, sql) => {
    const token = await issuer.token({ sub: newSubject(), iat: now() - 10 });
    const socket = await server.socket({ token });
    const { id } = await who(token);
    await database.owner.query(sql, [id]);
    await socket.closed;
    const { rows } = await database.owner.query(
      'select count(*)::int from app_private.revocations',
    );
    expect(rows[0].count).toBeGreaterThan(0);
    expect(await who(token)).toBe('UNAUTHENTICATED');
  });

  test('by suspension, with a code that says so', async () => {
    const sub = newSubject();
    const token = await issuer.token({ sub });
    const { username } = await who(token);
    await database.owner.query("select app_admin.suspend_user($1, 'test')", [username]);
    let answer: unknown;
    do {
      answer = await who(token); // The server hears of it a moment later.
    } while (typeof answer === 'object');
    expect(answer).toBe('UNAUTHENTICATED');
    expect(await who(await issuer.token({ sub, iat: now() + 2, sid: 'later' }))).toBe('FORBIDDEN');
  });

  test('by deletion: nothing is left, and older tokens do not make the person again', async () => {
    const sub = newSubject();
    const claims = { sub, name: 'Unique Zanzibar', email: 'zanzibar@example.org' };
    const early = await issuer.token({ ...claims, iat: now() - 10 });
    const { id } = await who(early);
    const { data } = await server.graphql(
      'mutation { deleteMyAccount(input: {}) { clientMutationId } }',
      {},
      early,
    );
    expect(data.deleteMyAccount).not.toBeNull();
    expect(await who(early)).toBe('UNAUTHENTICATED');
    expect(await who(await issuer.token({ ...claims, iat: now() - 5, sid: 'x' }))).toBe(
      'UNAUTHENTICATED',
    );
    const { rows } = await database.owner.query(
      'select found_in from app_admin.traces_of_user($1, $2)',
      [id, ['zanzibar', sub]],
    );
    expect(
      rows.map(({ found_in }) => found_in).filter((place) => /identit|secret/.test(place)),
    ).toEqual([]);
    const again = await who(await issuer.token({ ...claims, iat: now() + 2 }));
    expect(again.id).not.toBe(id);
  });

  test('to delete an account with a token that is old, one has to sign in again', async () => {
    const token = await issuer.token({ sub: newSubject(), iat: now() - 1_000 });
    const { errors } = await server.graphql(
      'mutation { deleteMyAccount(input: {}) { clientMutationId } }',
      {},
      token,
    );
    expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
    expect(await who(token)).toMatchObject({ id: expect.any(String) });
  });
});

describe('a logout token is refused', () => {
  test.each<[string, Record<string, unknown>]>([
    ['that is an access token', { events: undefined }],
    ['with a nonce', { nonce: 'x' }],
    ['of nobody', { sub: undefined }],
    ['that is old', { iat: now() - 3_600 }],
    ['that has ended', { exp: now() - 60 }],
    ['for another audience', { aud: 'bank' }],
    ['of an issuer that is not known', { iss: 'https://example.com' }],
  ])('%s', async (_, changed) => {
    const response = await revoke(await issuer.logoutToken({ sub: newSubject(), ...changed }));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: 'BAD_INPUT' } }],
    });
  });

  test('that is none at all', async () => {
    for (const body of ['', 'logout_token=', 'logout_token=a.b.c', 'other=1']) {
      const response = await fetch(`${server.url}/auth/revoke`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body,
      });
      expect(response.status).toBe(400);
    }
  });
});
