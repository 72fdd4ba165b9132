import { single, type TestDatabase, type TestUser } from './database.ts';
import { makeTestPasskey, type TestPasskey } from './passkey.ts';
import type { TestServer } from './server.ts';
import { totpCode, totpSecret, totpStep } from './totp.ts';

/** The day after tomorrow. */
const LATER = new Date(Date.now() + 48 * 3_600_000).toISOString();

/** Everything that the API can show, at least once in each of its states. */
export interface FullPopulation {
  readonly people: Readonly<Record<'ada' | 'bob' | 'carol' | 'dave' | 'eve', TestUser>>;
  readonly roomIds: readonly string[];
  readonly messageIds: readonly string[];
  /** Room ids with archived messages. */
  readonly archivedRoomIds: readonly string[];
  readonly userIds: readonly string[];
  readonly exportIds: readonly string[];
  readonly interactionIds: readonly string[];
  /** Of a bot that something waits for. */
  readonly botKey: string;
  readonly slugs: readonly string[];
  /** Names of the mutations that made it. */
  readonly mutations: ReadonlySet<string>;
}

interface PopulationOptions {
  /** The `PUBLIC_URL` of the server: a name and not a number, so that people have passkeys. */
  readonly publicUrl: string;
  /** Runs the jobs that are due: exports and erasures are the worker's. */
  readonly runJobs: () => Promise<void>;
  /** Puts messages into a month of long ago, and archives it. */
  readonly archiveMessages: (roomId: string, authorId: string) => Promise<void>;
}

/**
 * Rooms of every type and state, people who own, moderate, are muted, banned, blocked, strangers or gone, messages that
 * were edited, deleted, held, answered, pinned, reacted to, and what moderators, devices and settings leave: all made by
 * mutations, of which none may fail.
 */
export async function createFullPopulation(
  database: TestDatabase,
  server: TestServer,
  { publicUrl, runJobs, archiveMessages }: PopulationOptions,
): Promise<FullPopulation> {
  const [ada, bob, carol, dave, eve, fay, gus] = (await Promise.all(
    ['ada', 'bob', 'carol', 'dave', 'eve', 'fay', 'gus'].map((name) => database.createUser(name)),
  )) as [TestUser, TestUser, TestUser, TestUser, TestUser, TestUser, TestUser];
  const mutations = new Set<string>();
  const messageIds: string[] = [];

  async function mutate(
    as: string | undefined,
    name: string,
    input: object,
    give = '',
    // biome-ignore lint/suspicious/noExplicitAny: each caller knows what it asked for
  ): Promise<any> {
    mutations.add(name);
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
    const { data, errors } = await server.graphql(
      `mutation ($input: ${type}!) { ${name}(input: $input) { clientMutationId ${give} } }`,
      { input },
      as,
    );
    if (errors !== undefined) {
      throw new Error(`${name}: ${JSON.stringify(errors)}`);
    }
    return data[name];
  }
  const inRoom = (room: string, more: object = {}) => ({ roomId: room, ...more });
  async function makeRoom(owner: TestUser, input: object): Promise<string> {
    return (await mutate(owner.token, 'createRoom', input, 'room { id }')).room.id;
  }
  async function send(author: TestUser, room: string, more: object): Promise<string> {
    const { message } = await mutate(
      author.token,
      'sendMessage',
      inRoom(room, more),
      'message { id }',
    );
    messageIds.push(message.id);
    return message.id;
  }

  async function anotherSession({ id }: TestUser): Promise<string> {
    const { rows } = await database.owner.query<{ id: string }>(
      `insert into app_private.sessions (user_id, user_agent, expires_at)
        values ($1, 'Phone', now() + interval '1 day') returning id`,
      [id],
    );
    return single(rows).id;
  }

  // ---- accounts
  const { session } = await mutate(
    undefined,
    'signUp',
    { username: 'hal', password: 'trumpet-demo', email: 'hal@example.test' },
    'session { refreshToken accessToken user { id } }',
  );
  const hal = session.user.id as string;
  await mutate(
    undefined,
    'refreshSession',
    { refreshToken: session.refreshToken },
    'session { expiresAt }',
  );
  const again = await mutate(
    undefined,
    'signIn',
    { username: 'hal', password: 'trumpet-demo' },
    'session { accessToken }',
  );
  /** What the worker would write into a mail. */
  async function mailedCode(purpose: 'verify' | 'reset'): Promise<string> {
    const { rows } = await database.owner.query<{ code: string }>(
      "select app_private.make_email_code($1, 'hal@example.test', $2) as code",
      [hal, purpose],
    );
    return single(rows).code;
  }
  await mutate(again.session.accessToken, 'requestEmailVerification', {});
  await mutate(undefined, 'verifyEmail', { code: await mailedCode('verify') });
  await mutate(again.session.accessToken, 'changeEmail', {
    password: 'trumpet-demo',
    newEmail: 'hal2@example.test',
  });
  await mutate(again.session.accessToken, 'changePassword', {
    currentPassword: 'trumpet-demo',
    newPassword: 'trumpet-demo-2',
  });
  const password = 'trumpet-demo-2';
  const totp = async (code?: string) => {
    const { totpSetup } = await mutate(
      again.session.accessToken,
      'beginTotp',
      { password, code },
      'totpSetup { address secret }',
    );
    return totpCode(totpSecret(totpSetup.secret), totpStep());
  };
  const confirm = async (code: string): Promise<string[]> =>
    (await mutate(again.session.accessToken, 'confirmTotp', { code }, 'recoveryCodes'))
      .recoveryCodes;
  const [first] = await confirm(await totp());
  await mutate(again.session.accessToken, 'removeTotp', { password, code: first });
  const [second] = await confirm(await totp());
  const { recoveryCodes } = await mutate(
    again.session.accessToken,
    'makeRecoveryCodes',
    { password, code: second },
    'recoveryCodes',
  );
  await totp(recoveryCodes[0]);
  await mutate(again.session.accessToken, 'signOut', {});
  await mutate(undefined, 'requestPasswordReset', { email: 'hal@example.test' });
  await mutate(undefined, 'resetPassword', {
    code: await mailedCode('reset'),
    newPassword: 'trumpet-demo-2',
  });
  const last = await mutate(
    undefined,
    'signIn',
    { username: 'hal', password, code: recoveryCodes[1] },
    'session { accessToken }',
  );
  await mutate(last.session.accessToken, 'signOutEverywhere', {});
  await database.owner.query(
    "update app_private.user_secrets set email = 'ada@example.test' where user_id = $1",
    [ada.id],
  );
  await mutate(eve.token, 'endSession', { sessionId: await anotherSession(eve) });
  await mutate(
    ada.token,
    'updateProfile',
    { displayName: 'Ada', avatarUrl: 'https://example.test/a.png' },
    'user { id }',
  );

  await anotherSession(ada);

  async function addPasskey(name: string): Promise<[TestPasskey, string]> {
    const passkey = makeTestPasskey(publicUrl);
    const { passkeyOptions } = await mutate(
      ada.token,
      'beginPasskey',
      { password: ada.username },
      'passkeyOptions',
    );
    const credential = passkey.create(passkeyOptions);
    const finished = await mutate(
      ada.token,
      'finishPasskey',
      { credential, name },
      'passkey { id }',
    );
    return [passkey, finished.passkey.id];
  }
  await addPasskey('Never used');
  const [, lost] = await addPasskey('Lost');
  await mutate(ada.token, 'removePasskey', { passkeyId: lost });
  const [passkey, passkeyId] = await addPasskey('Phone');
  await mutate(ada.token, 'renamePasskey', { passkeyId, name: 'My phone' }, 'passkey { name }');
  const { passkeyOptions } = await mutate(
    undefined,
    'beginPasskeySignIn',
    { username: ada.username },
    'passkeyOptions',
  );
  await mutate(
    undefined,
    'signInWithPasskey',
    { credential: passkey.answer(passkeyOptions) },
    'session { accessToken }',
  );

  // ---- rooms
  const plaza = await makeRoom(ada, {
    name: 'Plaza',
    slug: 'plaza',
    description: 'All',
    maxMembers: 100,
  });
  const den = await makeRoom(ada, { name: 'Den', slug: 'den', type: 'PRIVATE' });
  const quiet = await makeRoom(bob, { name: 'Quiet', slug: 'quiet' });
  const closed = await makeRoom(ada, { name: 'Closed', slug: 'closed' });
  for (const person of [bob, carol, dave, fay, gus]) {
    await mutate(person.token, 'joinRoom', inRoom(plaza), 'room { id }');
  }
  await mutate(ada.token, 'addRoomMember', inRoom(den, { userId: bob.id }), 'roomMember { role }');
  await mutate(
    ada.token,
    'setMemberRole',
    inRoom(plaza, { userId: bob.id, role: 'MODERATOR' }),
    'roomMember { role }',
  );
  const { room: direct } = await mutate(
    ada.token,
    'createDirectConversation',
    { userId: bob.id },
    'room { id }',
  );
  const { room: withGus } = await mutate(
    ada.token,
    'createDirectConversation',
    { userId: gus.id },
    'room { id }',
  );
  await mutate(
    ada.token,
    'createGroupConversation',
    { userIds: [bob.id, carol.id] },
    'room { id }',
  );
  const { room: turned } = await mutate(
    bob.token,
    'createGroupConversation',
    { userIds: [ada.id, dave.id] },
    'room { id }',
  );
  await mutate(
    bob.token,
    'turnIntoRoom',
    inRoom(turned.id, { name: 'Lunch', slug: 'lunch', historyVisibility: 'EVERYTHING' }),
    'room { id }',
  );
  const { roomInvitation } = await mutate(
    ada.token,
    'createInvitation',
    inRoom(den, { maxUses: 5 }),
    'roomInvitation { id code }',
  );
  const { incomingWebhookAddress } = await mutate(
    ada.token,
    'createIncomingWebhook',
    inRoom(den, { name: 'Alarms' }),
    'incomingWebhookAddress { incomingWebhookId url }',
  );
  const { incomingWebhookId } = incomingWebhookAddress;
  await fetch(server.url + new URL(incomingWebhookAddress.url).pathname, {
    method: 'POST',
    body: '{"text":"The disk is full."}',
  });
  await mutate(
    ada.token,
    'updateIncomingWebhook',
    { incomingWebhookId, name: 'Disks' },
    'incomingWebhook { id }',
  );
  await mutate(
    ada.token,
    'rotateIncomingWebhook',
    { incomingWebhookId },
    'incomingWebhookAddress { url }',
  );
  await database.owner.query("select app_admin.create_incoming_webhook($1, 'Backup')", [den]);
  const { incomingWebhookAddress: ended } = await mutate(
    ada.token,
    'createIncomingWebhook',
    inRoom(den, { name: 'Old' }),
    'incomingWebhookAddress { incomingWebhookId }',
  );
  await mutate(
    ada.token,
    'deleteIncomingWebhook',
    { incomingWebhookId: ended.incomingWebhookId },
    'room { id }',
  );
  await mutate(bob.token, 'createInvitation', inRoom(plaza), 'roomInvitation { id }');
  await mutate(carol.token, 'acceptInvitation', { code: roomInvitation.code }, 'room { id }');
  await mutate(carol.token, 'leaveRoom', inRoom(den), 'room { id }');
  const { roomInvitation: revoked } = await mutate(
    ada.token,
    'createInvitation',
    inRoom(den),
    'roomInvitation { id }',
  );
  const { roomInvitation: forGuests } = await mutate(
    ada.token,
    'createInvitation',
    inRoom(den, { allowsGuests: true }),
    'roomInvitation { code }',
  );
  const guestOf = async (displayName: string) =>
    (
      await mutate(
        undefined,
        'joinAsGuest',
        { code: forGuests.code, displayName },
        'session { accessToken }',
      )
    ).session.accessToken as string;
  await guestOf('A passer-by');
  await mutate(
    await guestOf('Another'),
    'claimGuest',
    { username: 'ivy', password: 'trumpet-demo' },
    'user { id }',
  );
  await mutate(ada.token, 'revokeInvitation', { invitationId: revoked.id }, 'room { id }');
  await mutate(ada.token, 'updateRoom', inRoom(plaza, { description: 'For all' }), 'room { id }');
  await mutate(ada.token, 'setRoomLanguage', inRoom(plaza, { language: 'english' }), 'room { id }');
  await mutate(ada.token, 'setRoomRetention', inRoom(den, { days: 400 }), 'room { id }');
  await mutate(ada.token, 'setErasureRule', inRoom(plaza, { rule: 'ANONYMISE' }), 'room { id }');
  await mutate(ada.token, 'setPushPrivacy', inRoom(den, { hideText: true }), 'room { id }');
  await mutate(
    ada.token,
    'setRoomLinkPreviews',
    inRoom(den, { hidePreviews: true }),
    'room { id }',
  );

  // ---- what is asked of a bot
  const { rows: botKeys } = await database.owner.query<{ key: string; id: string }>(
    `select app_admin.create_bot('oracle', 'Oracle') as key, null as id`,
  );
  const botKey = single(botKeys).key;
  const { rows: bots } = await database.owner.query<{ id: string }>(
    "select id from app_public.users where username = 'oracle'",
  );
  await mutate(
    ada.token,
    'addRoomMember',
    inRoom(den, { userId: single(bots).id }),
    'roomMember { role }',
  );
  const { commands } = await mutate(
    botKey,
    'setCommands',
    {
      commands: [
        {
          name: 'roll',
          description: 'Rolls dice',
          arguments: [{ name: 'dice', description: 'How many', type: 'integer' }],
        },
      ],
    },
    'commands { id }',
  );
  const commandId = single<{ id: string }>(commands).id;
  const { message: asked } = await mutate(
    botKey,
    'sendMessage',
    inRoom(den, {
      content: 'Which?',
      metadata: {
        components: [
          { type: 'button', id: 'again', label: 'Again' },
          { type: 'menu', id: 'sides', label: 'Sides', options: [{ value: '6', label: 'Six' }] },
        ],
      },
    }),
    'message { id }',
  );
  const asking: object[] = [
    { arguments: { dice: 2 } },
    { parentMessageId: asked.id },
    { arguments: {} },
  ];
  const called: string[] = [];
  for (const more of asking) {
    const { interaction } = await mutate(
      ada.token,
      'useCommand',
      inRoom(den, { commandId, ...more }),
      'interaction { id }',
    );
    called.push(interaction.id);
  }
  const { interaction: pressed } = await mutate(
    ada.token,
    'useComponent',
    { messageId: asked.id, componentId: 'sides', selectedValues: ['6'] },
    'interaction { id }',
  );
  for (const name of ['saveMessage', 'unsaveMessage', 'saveMessage']) {
    await mutate(ada.token, name, { messageId: asked.id }, 'savedMessage { messageId }');
  }
  for (const more of [
    { remindAt: LATER },
    { localTime: `${LATER.slice(0, 10)}T09:00`, timeZone: 'Asia/Tokyo' },
  ]) {
    await mutate(ada.token, 'setReminder', { messageId: asked.id, ...more }, 'reminder { id }');
  }
  await mutate(ada.token, 'cancelReminder', { messageId: asked.id }, 'reminder { id }');
  await mutate(
    ada.token,
    'setReminder',
    { messageId: asked.id, remindAt: LATER },
    'reminder { id }',
  );
  const scheduled: string[] = [];
  for (const more of [
    { sendAt: LATER },
    {
      localTime: `${LATER.slice(0, 10)}T09:00`,
      timeZone: 'Asia/Tokyo',
      parentMessageId: asked.id,
      alsoSendToRoom: true,
    },
    { sendAt: LATER },
    { sendAt: LATER },
  ]) {
    const { scheduledMessage } = await mutate(
      ada.token,
      'scheduleMessage',
      inRoom(den, { content: 'Later', ...more }),
      'scheduledMessage { id }',
    );
    scheduled.push(scheduledMessage.id);
  }
  await mutate(
    ada.token,
    'editScheduledMessage',
    { scheduledMessageId: scheduled[0], content: 'Much later' },
    'scheduledMessage { id }',
  );
  await mutate(
    ada.token,
    'cancelScheduledMessage',
    { scheduledMessageId: scheduled[2] },
    'scheduledMessage { id }',
  );
  const drafted: string[] = [];
  const { rows: waiting } = await database.owner.query<{ id: string }>(
    `insert into app_private.uploads (
        uploader_id, filename, mime_type, byte_size, status, received_at, width, height, duration_ms, has_thumbnail
      ) values
      ($1, 'film.mp4', 'video/mp4', 10, 'ready', now(), 640, 480, 1000, true),
      ($1, 'list.txt', 'text/plain', 10, 'processing', now(), null, null, null, false)
      returning id`,
    [ada.id],
  );
  for (const more of [
    {},
    { parentMessageId: asked.id, attachmentIds: waiting.map(({ id }) => id) },
    { basedOn: [], writtenAt: LATER },
  ]) {
    const { draft } = await mutate(
      ada.token,
      'saveDraft',
      inRoom(den, { content: `Begun ${drafted.length}`, revision: crypto.randomUUID(), ...more }),
      'draft { id }',
    );
    drafted.push(draft.id);
  }
  await mutate(ada.token, 'discardDraft', { draftId: drafted[0] }, 'draft { id }');
  await database.owner.query(
    `update app_public.scheduled_messages set refused_at = now(), refusal_code = 'MUTED', refusal = 'You are muted.' where id = $1`,
    [scheduled[3]],
  );
  await mutate(
    botKey,
    'answerInteraction',
    { interactionId: called[0], content: 'For you' },
    'interaction { id }',
  );
  const told: string[] = [];
  for (const content of ['For you alone', 'For you alone, and gone']) {
    const { interaction } = await mutate(
      botKey,
      'sendEphemeralMessage',
      inRoom(den, { userId: ada.id, content }),
      'interaction { id }',
    );
    told.push(interaction.id);
  }
  await mutate(ada.token, 'dismissInteraction', { interactionId: told[1] }, 'interaction { id }');
  await mutate(
    botKey,
    'answerInteraction',
    { interactionId: called[1], content: 'For all', isForRoom: true },
    'interaction { answerMessage { id } }',
  );
  await database.owner.query(
    'update app_public.interactions set waits_until = now() where id = $1',
    [called[2]],
  );
  await mutate(
    botKey,
    'setComponents',
    { messageId: asked.id, components: [{ type: 'button', id: 'again', label: 'Once more' }] },
    'message { metadata }',
  );

  await mutate(
    botKey,
    'setBotWebhook',
    { url: 'https://dice.example.test/' },
    'webhookSecret { webhookId secret }',
  );
  await mutate(botKey, 'removeBotWebhook', {});

  // ---- messages
  const hello = await send(ada, plaza, {
    content: 'Hello @bob and welcome',
    metadata: { mood: 'happy' },
    nonce: 'n-1',
  });
  await mutate(ada.token, 'setReminder', { messageId: hello, remindAt: LATER }, 'reminder { id }');
  await database.owner.query(
    'update app_public.reminders set remind_at = now() where message_id = $1',
    [hello],
  );
  await database.owner.query('select app_private.remind(id, false) from app_public.reminders');
  await send(ada, den, { content: 'A secret' });
  await send(bob, direct.id, { content: 'Between us' });
  await send(gus, withGus.id, { content: 'Goodbye' });
  await send(ada, closed, { content: 'Last words' });
  const { rows: uploads } = await database.owner.query<{ id: string }>(
    `select app_hidden.begin_upload($1, null, name, 10, 100, 1000000) as id from unnest('{a.png,b.txt,c.mp3,d.png,e.gif,f.png}'::text[]) as name`,
    [ada.id],
  );
  const [picture, text, sound, avatar, parrot, penguin] = uploads.map(({ id }) => id) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  await database.owner.query(
    `select app_hidden.receive_upload(id, type, false, id = $4, id in ($5, $6)) from (values
      ($1::uuid, 'image/png'), ($2, 'text/plain'), ($3, 'audio/mpeg'), ($4, 'image/png'),
      ($5, 'image/gif'), ($6, 'image/png')) as upload (id, type)`,
    [picture, text, sound, avatar, parrot, penguin],
  );
  const withFiles = await send(ada, plaza, {
    content: 'Files',
    messageType: 'IMAGE',
    attachmentIds: [picture, text, sound],
  });
  await database.owner.query(
    `insert into app_public.link_previews (message_id, room_id, ordinal, url, title, description, site_name) values
      ($1, $2, 1, 'https://example.test/', 'A page', 'What it is about', 'A site'),
      ($1, $2, 2, 'https://example.test/bare', 'Another page', null, null)`,
    [withFiles, plaza],
  );
  const { rows: unwanted } = await database.owner.query<{ id: string }>(
    `insert into app_public.link_previews (message_id, room_id, ordinal, url, title)
      values ($1, $2, 3, 'https://example.test/unwanted', 'A third page') returning id`,
    [withFiles, plaza],
  );
  await mutate(
    ada.token,
    'removeLinkPreview',
    { linkPreviewId: unwanted[0]?.id },
    'message { id }',
  );
  // What the worker would find out; the text stays unlooked at.
  await database.owner.query(
    `select app_private.finish_upload($1, 'image/png', 10, 640, 480, null, false, true),
      app_private.finish_upload($2, 'audio/mpeg', 10, null, null, 900, false, false),
      app_private.finish_upload($3, 'image/webp', 10, 512, 512, null, true, true),
      app_private.finish_upload($4, 'image/webp', 10, 128, 128, null, true, false),
      app_private.finish_upload($5, 'image/webp', 10, 128, 128, null, true, false)`,
    [picture, sound, avatar, parrot, penguin],
  );
  await database.owner.query(
    "select app_admin.set_role('Keepers of roles', enum_range(null::app_public.permission), 'they asked')",
  );
  await database.owner.query(
    "select app_admin.give_role($1, 'Keepers of roles', true, 'they asked')",
    [ada.username],
  );
  const { role } = await mutate(
    ada.token,
    'createRole',
    { name: 'Stewards', permissions: ['PIN_MESSAGES'] },
    'role { id }',
  );
  const roleId = role.id as string;
  await mutate(ada.token, 'updateRole', { roleId, name: 'Wardens' }, 'role { id }');
  await mutate(ada.token, 'assignRole', { roleId, userId: bob.id }, 'role { id }');
  await mutate(ada.token, 'assignRole', inRoom(den, { roleId, userId: bob.id }), 'role { id }');
  await mutate(ada.token, 'unassignRole', inRoom(den, { roleId, userId: bob.id }), 'role { id }');
  await mutate(
    ada.token,
    'setPermissionException',
    { userId: bob.id, permission: 'CLOSE_POLLS', effect: 'GRANT' },
    'user { id }',
  );
  const { role: shortLived } = await mutate(
    ada.token,
    'createRole',
    { name: 'Visitors', permissions: [] },
    'role { id }',
  );
  await mutate(ada.token, 'deleteRole', { roleId: shortLived.id }, 'role { id }');
  const ofType = 'customRoomType { id name viewerMayCreate viewerMayJoin }';
  const { customRoomType } = await mutate(
    ada.token,
    'defineRoomType',
    {
      name: 'support',
      title: 'Support',
      description: 'One room a case.',
      visibility: 'PRIVATE',
      creatorRoleIds: [roleId],
      joinerRoleIds: [roleId],
      writingRole: 'MEMBER',
      replyRole: 'MEMBER',
      reactionRole: 'MEMBER',
      uploadRole: 'MEMBER',
      slowModeSeconds: 0,
      retentionDays: 0,
    },
    ofType,
  );
  await mutate(
    ada.token,
    'setRoomType',
    inRoom(den, { customTypeId: customRoomType.id }),
    'room { customType { title } }',
  );
  await mutate(ada.token, 'defineRoomType', { name: 'plain', title: 'Plain' }, ofType);
  const { customRoomType: removed } = await mutate(
    ada.token,
    'defineRoomType',
    { name: 'live', title: 'Live' },
    ofType,
  );
  await mutate(ada.token, 'removeRoomType', { typeId: removed.id }, 'customRoomType { id }');
  await mutate(ada.token, 'setAvatar', { uploadId: avatar }, 'user { avatarUrl }');
  const ofEmoji = 'customEmoji { id name aliases pictureUrl addedBy { username } }';
  const { customEmoji: added } = await mutate(
    ada.token,
    'addCustomEmoji',
    { uploadId: parrot, name: 'party_parrot', aliases: ['dancing'] },
    ofEmoji,
  );
  const { customEmoji: taken } = await mutate(
    ada.token,
    'addCustomEmoji',
    { uploadId: penguin, name: 'blob_wave' },
    ofEmoji,
  );
  await mutate(
    ada.token,
    'setCustomEmojiAliases',
    { customEmojiId: (added as { id: string }).id, aliases: ['dance'] },
    ofEmoji,
  );
  await mutate(
    ada.token,
    'removeCustomEmoji',
    { customEmojiId: (taken as { id: string }).id },
    ofEmoji,
  );
  for (const id of [picture, sound]) {
    await database.owner.query('select app_private.publish_upload($1)', [id]);
  }
  const answer = await send(bob, plaza, {
    content: 'An answer',
    parentMessageId: hello,
    alsoSendToRoom: true,
  });
  await mutate(
    bob.token,
    'editMessage',
    { messageId: answer, content: 'A better answer' },
    'message { id }',
  );
  for (const [person, emoji] of [
    [bob, '👍'],
    [carol, '👍'],
    [ada, '🎺'],
  ] as const) {
    await mutate(person.token, 'addMessageReaction', { messageId: hello, emoji }, 'message { id }');
  }
  await mutate(
    ada.token,
    'removeMessageReaction',
    { messageId: hello, emoji: '🎺' },
    'message { id }',
  );
  const poll = { question: 'When?', answers: ['Today', 'Tomorrow', 'Never'] };
  const { message: open } = await mutate(
    ada.token,
    'createPoll',
    inRoom(plaza, { ...poll, maxChoices: 2 }),
    'message { id }',
  );
  const { message: anonymous } = await mutate(
    bob.token,
    'createPoll',
    inRoom(plaza, { ...poll, isAnonymous: true, closesAt: '2099-01-01T00:00:00Z' }),
    'message { id }',
  );
  messageIds.push(open.id, anonymous.id);
  for (const [person, choices] of [
    [bob, [1, 2]],
    [carol, [2]],
    [fay, [3]],
  ] as const) {
    for (const { id } of [open, anonymous]) {
      const chosen = { messageId: id, choices: choices.slice(0, id === open.id ? 2 : 1) };
      await mutate(person.token, 'voteInPoll', chosen, 'message { id }');
    }
  }
  await mutate(bob.token, 'closePoll', { messageId: anonymous.id }, 'message { id }');
  await mutate(bob.token, 'forwardMessage', { messageId: hello, roomId: plaza }, 'message { id }');
  const { message: english } = await mutate(
    bob.token,
    'sendMessage',
    inRoom(plaza, {
      content: 'Everybody who reads this sentence can see which language it is in.',
    }),
    'message { id }',
  );
  await mutate(
    bob.token,
    'translateMessage',
    { messageId: english.id, language: 'de' },
    'translation { messageId language original content sourceLanguage }',
  );
  const { message: spam } = await mutate(
    carol.token,
    'sendMessage',
    inRoom(plaza, { content: 'Buy now' }),
    'message { id }',
  );
  for (const messageId of [hello, spam.id]) {
    await send(bob, plaza, { content: 'Is that so?', metadata: { quote: { messageId } } });
  }
  await mutate(
    ada.token,
    'setSystemMessages',
    inRoom(plaza, { level: 'ALL' }),
    'room { systemMessages }',
  );
  for (const metadata of [
    { location: { latitude: 52.5163, longitude: 13.3777, name: 'Gate', address: 'Square 1' } },
    { location: { latitude: 0, longitude: -180 } },
    {
      contact: {
        name: 'Zoë',
        organization: 'Zoo',
        title: 'Head',
        phones: ['+1 2'],
        emails: ['z@zoo.test'],
        address: 'Cage 1',
        url: 'https://zoo.test',
      },
    },
    { contact: { name: 'Yan' } },
  ]) {
    messageIds.push(await send(bob, plaza, { content: 'Here', metadata }));
  }
  for (const description of ['For all of us', null]) {
    const { room } = await mutate(
      ada.token,
      'updateRoom',
      inRoom(plaza, { description }),
      'room { messages(first: 1) { nodes { id } } }',
    );
    messageIds.push(...room.messages.nodes.map(({ id }: { id: string }) => id));
  }
  await mutate(
    ada.token,
    'setSystemMessages',
    inRoom(plaza, { level: 'NONE' }),
    'room { systemMessages }',
  );
  await mutate(ada.token, 'updateRoom', inRoom(plaza, { description: 'For all' }), 'room { id }');
  await mutate(ada.token, 'deleteMessage', { messageId: spam.id }, 'message { id }');
  await mutate(ada.token, 'pinMessage', { messageId: hello }, 'message { id }');
  await mutate(ada.token, 'pinMessage', { messageId: withFiles }, 'message { id }');
  await mutate(ada.token, 'unpinMessage', { messageId: withFiles }, 'message { id }');
  const gone = await send(carol, plaza, { content: 'Not meant' });
  await mutate(carol.token, 'deleteMessage', { messageId: gone }, 'message { id }');
  const ofFay = await send(fay, plaza, { content: 'Anonymous soon' });
  await mutate(
    fay.token,
    'addMessageReaction',
    { messageId: ofFay, emoji: '👋' },
    'message { id }',
  );
  await mutate(bob.token, 'markRoomRead', inRoom(plaza), 'roomMember { lastReadSeq }');
  await mutate(bob.token, 'markRoomUnread', inRoom(plaza), 'roomMember { readPosition }');
  const inList = 'roomArrangement { roomId }';
  await mutate(ada.token, 'setRoomFavorite', inRoom(plaza, { isFavorite: true }), inList);
  await mutate(ada.token, 'setRoomFolder', inRoom(den, { folder: 'Work' }), inList);
  await mutate(ada.token, 'setRoomHidden', inRoom(den, { isHidden: true }), inList);
  await mutate(
    ada.token,
    'setThreadFollowed',
    { messageId: ofFay, isFollowed: true },
    'message { followedThread { unreadCount } }',
  );
  await mutate(
    ada.token,
    'setThreadNotificationLevel',
    { messageId: ofFay, level: 'ALL' },
    'message { threadNotificationLevel }',
  );
  await mutate(
    ada.token,
    'markThreadRead',
    { messageId: ofFay },
    'message { followedThread { unreadCount } }',
  );
  await mutate(ada.token, 'orderRooms', { roomIds: [den] }, 'clientMutationId');
  await mutate(
    ada.token,
    'renameRoomFolder',
    { folder: 'Work', name: 'At work' },
    'clientMutationId',
  );
  await archiveMessages(den, ada.id);

  // ---- rules, and what they hold
  await mutate(
    ada.token,
    'setRoomRule',
    inRoom(plaza, { kind: 'WORDS', action: 'HOLD', words: ['grr'] }),
    'roomRule { id }',
  );
  await mutate(
    ada.token,
    'setRoomRule',
    inRoom(plaza, { kind: 'LINKS', action: 'FLAG', allowedHosts: ['example.test'] }),
    'roomRule { id }',
  );
  await mutate(
    ada.token,
    'setRoomRule',
    inRoom(plaza, { kind: 'MENTIONS', action: 'REFUSE', maxCount: 5 }),
    'roomRule { id }',
  );
  await mutate(
    ada.token,
    'setRoomRule',
    inRoom(plaza, { kind: 'NEW_ACCOUNTS', action: 'FLAG', maxCount: 500 }),
    'roomRule { id }',
  );
  const { roomRule } = await mutate(
    ada.token,
    'setRoomRule',
    inRoom(plaza, { kind: 'REPEATS', action: 'FLAG', maxCount: 500, windowSeconds: 5 }),
    'roomRule { id }',
  );
  await mutate(ada.token, 'removeRoomRule', { ruleId: roomRule.id }, 'room { id }');
  await send(carol, plaza, { content: 'grr one' });
  const released = await send(carol, plaza, { content: 'grr two' });
  const rejected = await send(carol, plaza, { content: 'grr three' });
  await mutate(bob.token, 'releaseMessage', { messageId: released }, 'message { id }');
  await mutate(bob.token, 'rejectMessage', { messageId: rejected, reason: 'no' }, 'message { id }');
  await send(carol, plaza, { content: 'Look at https://elsewhere.test/' });

  // ---- moderation
  const { messageReport } = await mutate(
    carol.token,
    'reportMessage',
    { messageId: hello, reason: 'loud' },
    'messageReport { id }',
  );
  await mutate(
    ada.token,
    'resolveReport',
    { reportId: messageReport.id, resolution: 'DISMISSED', note: 'fine' },
    'messageReport { id }',
  );
  await mutate(
    dave.token,
    'reportMessage',
    { messageId: hello, reason: 'still loud' },
    'messageReport { id }',
  );
  await mutate(
    ada.token,
    'muteMember',
    inRoom(plaza, { userId: carol.id, durationSeconds: 600, reason: 'calm' }),
    'roomMember { isMuted }',
  );
  await mutate(
    ada.token,
    'muteMember',
    inRoom(plaza, { userId: gus.id, durationSeconds: 600 }),
    'roomMember { isMuted }',
  );
  await mutate(
    ada.token,
    'unmuteMember',
    inRoom(plaza, { userId: gus.id }),
    'roomMember { isMuted }',
  );
  await mutate(
    ada.token,
    'kickMember',
    inRoom(plaza, { userId: gus.id, reason: 'off topic' }),
    'room { id }',
  );
  await mutate(
    ada.token,
    'banMember',
    inRoom(plaza, { userId: dave.id, durationSeconds: 600, reason: 'spam' }),
    'roomBan { reason }',
  );
  await mutate(ada.token, 'banMember', inRoom(plaza, { userId: gus.id }), 'roomBan { reason }');
  await mutate(ada.token, 'banMember', inRoom(den, { userId: eve.id }), 'roomBan { reason }');
  await mutate(ada.token, 'unbanMember', inRoom(den, { userId: eve.id }), 'room { id }');
  await mutate(
    ada.token,
    'setGroupMentions',
    inRoom(den, { leastRole: 'MODERATOR', warnAbove: 50 }),
    'room { groupMentionRole }',
  );
  await mutate(
    ada.token,
    'setHistoryVisibility',
    inRoom(den, { historyVisibility: 'SINCE_JOINING' }),
    'room { historyVisibility }',
  );
  await mutate(
    ada.token,
    'widenHistory',
    inRoom(den, { userId: bob.id }),
    'roomMember { seesFromSeq }',
  );
  await mutate(
    ada.token,
    'setWritingRoles',
    inRoom(den, { reactionRole: 'MODERATOR', replyRole: 'MEMBER', writingRole: 'MEMBER' }),
    'room { writingRole replyRole reactionRole }',
  );
  await mutate(
    ada.token,
    'setDeliveryReceipts',
    inRoom(den, { isOn: true }),
    'room { hasDeliveryReceipts }',
  );
  await mutate(
    ada.token,
    'markDelivered',
    { positions: [{ roomId: den, seq: '1' }] },
    'toldRoomCount',
  );
  await mutate(
    ada.token,
    'setDisappearing',
    inRoom(den, { afterSeconds: 86_400 }),
    'room { disappearAfterSeconds }',
  );

  await database.owner.query(
    "select app_admin.define_room_field('priority', 'Priority', 'number', 'shown')",
  );
  await mutate(
    ada.token,
    'setRoomData',
    inRoom(den, { patch: { priority: 2, tags: ['urgent'] } }),
    'room { customData }',
  );

  // ---- groups
  const ofGroup = 'userGroup { id memberCount }';
  const { userGroup } = await mutate(
    ada.token,
    'createUserGroup',
    { name: 'design', title: 'Designers', userIds: [bob.id, eve.id] },
    ofGroup,
  );
  const groupId = (userGroup as { id: string }).id;
  await mutate(ada.token, 'changeUserGroup', { groupId, name: 'design', title: 'Design' }, ofGroup);
  await mutate(
    ada.token,
    'setUserGroupMember',
    { groupId, userId: bob.id, isOwner: true },
    ofGroup,
  );
  await mutate(ada.token, 'removeUserGroupMember', { groupId, userId: eve.id }, ofGroup);
  await mutate(
    ada.token,
    'sendMessage',
    inRoom(den, { content: '@room and @design' }),
    'message { groupMentions }',
  );
  const { userGroup: short } = await mutate(
    bob.token,
    'createUserGroup',
    { name: 'lunch', title: 'Lunch' },
    ofGroup,
  );
  await mutate(bob.token, 'deleteUserGroup', { groupId: (short as { id: string }).id }, ofGroup);
  await mutate(ada.token, 'setSlowMode', inRoom(den, { seconds: 10 }), 'room { id }');
  await mutate(bob.token, 'setRoomLocked', inRoom(quiet, { isLocked: true }), 'room { id }');

  // ---- what one person sets
  await mutate(bob.token, 'blockUser', { userId: carol.id }, 'user { isBlocked }');
  await mutate(ada.token, 'blockUser', { userId: eve.id }, 'user { isBlocked }');
  await mutate(ada.token, 'unblockUser', { userId: eve.id }, 'user { isBlocked }');
  await mutate(
    ada.token,
    'setNotificationLevel',
    inRoom(plaza, { level: 'MENTIONS' }),
    'roomMember { role }',
  );
  await mutate(
    ada.token,
    'silenceRoom',
    inRoom(den, { until: '2100-01-01T00:00:00Z' }),
    'roomMember { role }',
  );
  await mutate(ada.token, 'setDoNotDisturb', { until: '2100-01-01T00:00:00Z' }, 'user { id }');
  await mutate(bob.token, 'setDoNotDisturb', {}, 'user { id }');
  const keywords = 'notificationSetting { keywords }';
  await mutate(ada.token, 'addKeywordAlert', { keyword: 'tea' }, keywords);
  await mutate(ada.token, 'addKeywordAlert', { keyword: 'coffee' }, keywords);
  await mutate(ada.token, 'removeKeywordAlert', { keyword: 'coffee' }, keywords);
  await mutate(
    ada.token,
    'setQuietHours',
    { quietFrom: '22:00', quietUntil: '07:00', timeZone: 'Europe/Berlin' },
    'user { id }',
  );
  await mutate(ada.token, 'setEmailDigests', { enabled: true }, 'user { id }');
  await mutate(
    ada.token,
    'setStatusText',
    { text: 'Away', emoji: '🌴' },
    'user { statusText { text } }',
  );
  await database.owner.query(
    `select app_admin.define_profile_field('team', 'Team', 'text', 'shown', is_searchable => true),
      app_admin.define_profile_field('leader', 'Reports to', 'user', 'shown')`,
  );
  const ofProfile = 'user { profile { key label kind place value person { username } } }';
  await mutate(ada.token, 'setProfileValue', { fieldKey: 'team', value: 'Design' }, ofProfile);
  await mutate(ada.token, 'setProfileValue', { fieldKey: 'leader', value: bob.id }, ofProfile);
  await mutate(
    ada.token,
    'setPrivacy',
    { matter: 'READING', hide: false },
    'privacySetting { hidesReading }',
  );
  await mutate(
    ada.token,
    'updateUserPresence',
    { status: 'ONLINE', sessionId: 'here' },
    'user { status }',
  );
  await mutate(
    bob.token,
    'updateUserPresence',
    { status: 'BUSY', sessionId: 'here' },
    'user { status }',
  );
  await mutate(bob.token, 'setTyping', inRoom(plaza, { isTyping: true }));
  const keys = {
    p256dh:
      'BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM',
    auth: 'tBHItJI5svbpez7KI4CCXg',
  };
  const endpoint = 'https://fcm.googleapis.com/fcm/send/x';
  await mutate(
    ada.token,
    'subscribeToPushNotifications',
    { subscription: { endpoint, keys }, userAgent: 'Firefox' },
    'pushSubscription { id }',
  );
  await mutate(
    ada.token,
    'subscribeToPushNotifications',
    { subscription: { endpoint: `${endpoint}y`, keys } },
    'pushSubscription { id }',
  );
  const { pushSubscription: phone } = await mutate(
    ada.token,
    'registerPushToken',
    { channel: 'APNS', token: 'a'.repeat(64) },
    'pushSubscription { id }',
  );
  await mutate(
    ada.token,
    'setDeviceNotifications',
    { deviceId: (phone as { id: string }).id, level: 'MENTIONS', quietWhileOnline: true },
    'pushSubscription { notificationLevel quietWhileOnline }',
  );
  await mutate(ada.token, 'unsubscribeFromPushNotifications', { endpoint: `${endpoint}y` });

  // ---- a server of the product
  const key = single(
    (
      await database.owner.query<{ key: string }>(
        "select app_admin.create_key('back end', enum_range(null::app_private.key_scope)::text[]) as key",
      )
    ).rows,
  ).key;
  const { users } = await mutate(
    key,
    'upsertUsers',
    { users: [{ username: 'ivy', displayName: 'Ivy' }, { username: 'jon' }] },
    'users { id }',
  );
  const [ivy, jon] = users.map(({ id }: { id: string }) => id);
  const { rooms } = await mutate(
    key,
    'upsertRooms',
    { rooms: [{ slug: 'annex', name: 'Annex', members: [{ userId: ivy }] }] },
    'rooms { id }',
  );
  const { messages } = await mutate(
    key,
    'importMessages',
    {
      messages: [
        {
          roomId: rooms[0].id,
          authorId: ivy,
          content: 'from before',
          createdAt: '2020-01-01T00:00:00Z',
        },
      ],
    },
    'messages { id }',
  );
  messageIds.push(messages[0].id);
  await mutate(key, 'createBot', { username: 'dice' }, 'botKey { botId key }');
  const { webhookSecret } = await mutate(
    key,
    'createWebhook',
    { name: 'tickets', url: 'https://tickets.example.test/' },
    'webhookSecret { webhookId secret }',
  );
  const { webhookId } = webhookSecret;
  await mutate(key, 'updateWebhook', { webhookId, roomIds: [plaza] }, 'webhook { id }');
  await mutate(key, 'disableWebhook', { webhookId, reason: 'it moves' }, 'webhook { id }');
  await mutate(key, 'enableWebhook', { webhookId }, 'webhook { id }');
  const hook = await mutate(
    key,
    'createHook',
    {
      name: 'filter',
      url: 'https://filter.example.test/',
      defaultVerdict: 'ALLOW',
      roomIds: [plaza],
    },
    'webhookSecret { webhookId }',
  );
  await mutate(
    key,
    'deleteWebhook',
    { webhookId: hook.webhookSecret.webhookId },
    'clientMutationId',
  );
  await mutate(key, 'replayWebhook', { webhookId, roomId: plaza, after: '0' }, 'webhook { id }');
  await mutate(key, 'rotateWebhookSecret', { webhookId }, 'webhookSecret { secret }');
  await mutate(key, 'deleteWebhook', { webhookId });
  await mutate(key, 'issueToken', { userId: ivy }, 'session { refreshToken user { id } }');
  await mutate(
    key,
    'setProfileValueOf',
    { userId: ivy, fieldKey: 'team', value: 'Sales' },
    'user { profile { key value } }',
  );
  await mutate(key, 'deactivateUser', { userId: ivy, reason: 'on leave' }, 'user { id }');
  await mutate(key, 'reactivateUser', { userId: ivy }, 'user { id }');
  await mutate(key, 'eraseUser', { userId: jon, reason: 'asked for it' });

  // ---- what ends
  await mutate(ada.token, 'archiveRoom', inRoom(closed), 'room { id }');
  await mutate(bob.token, 'archiveRoom', inRoom(quiet), 'room { id }');
  await mutate(bob.token, 'unarchiveRoom', inRoom(quiet), 'room { id }');
  await database.owner.query("select app_admin.set_auditor('ada', 'so')");
  await mutate(
    ada.token,
    'requestComplianceExport',
    {
      reason: 'a case',
      roomIds: [plaza],
      userIds: [bob.id],
      word: 'a',
      since: '2020-01-01T00:00:00Z',
      until: '2099-01-01T00:00:00Z',
    },
    'complianceExport { id }',
  );
  const exported = await mutate(ada.token, 'exportMyData', {}, 'dataExport { id }');
  await mutate(fay.token, 'deleteMyAccount', { password: 'fay' });
  await runJobs();
  // Deleted, and not yet erased.
  await mutate(gus.token, 'deleteMyAccount', { password: 'gus' });
  // Not made yet, and of all.
  await mutate(
    ada.token,
    'requestComplianceExport',
    { reason: 'the audit of 2026' },
    'complianceExport { id }',
  );
  const pending = await mutate(bob.token, 'exportMyData', {}, 'dataExport { id }');

  const { rows } = await database.owner.query<{ id: string }>('select id from app_public.users');
  return {
    people: { ada, bob, carol, dave, eve },
    roomIds: [plaza, den, quiet, closed, direct.id, withGus.id],
    messageIds,
    archivedRoomIds: [den, plaza],
    userIds: rows.map(({ id }) => id).filter((id) => id !== hal),
    botKey,
    interactionIds: [...called, pressed.id, ...told],
    exportIds: [exported.dataExport.id, pending.dataExport.id],
    slugs: ['plaza', 'den'],
    mutations,
  };
}
