import { gql } from 'postgraphile/utils';

/** The types of the events that subscriptions give, as clients read about them. */
export const ROOM_EVENT_TYPES = gql`
  """What happened to the thing that an event is about."""
  enum ChangeKind {
    """It is new."""
    INSERT
    """It has changed."""
    UPDATE
    """It is gone."""
    DELETE
  }

  """What of your own has changed."""
  enum PersonalMatter {
    """Your own of a room: what you have marked as unread there, and which of its messages notify you."""
    ROOM
    """What you send later: a message waits, was changed, was refused, was sent or taken back."""
    SCHEDULED
    """How your list of rooms is arranged: see \`roomArrangements\`."""
    LIST
    """Your reminders: one was set, told or taken out."""
    REMINDER
    """What you have saved: a message was saved, or taken out again."""
    SAVED
    """What you have begun to write: see \`myDrafts\`."""
    DRAFTS
    """What you tell others of yourself: see \`privacySettings\`."""
    PRIVACY
    """The threads that you follow: one was followed or left by hand, or read. See \`myThreads\`."""
    THREAD
    """What notifies you, in any room: see \`notificationSettings\` and \`pushSubscriptions\`."""
    NOTIFICATIONS
  }

  """
  Something that happened in a room. Durable changes of the room carry a \`changeSeq\` and never go missing;
  \`ReadyEvent\`, \`TypingEvent\`, \`PresenceEvent\`, \`StatusTextEvent\`, \`ProfileEvent\`, \`InteractionEvent\`, \`PersonalEvent\` and \`CustomEmojiEvent\` have none.
  """
  interface RoomEvent {
    """The room where it happened. Null in \`userEvents\` alone: in its \`ReadyEvent\`, in a \`PersonalEvent\` that is about no single room, and in \`CustomEmojiEvent\`."""
    roomId: UUID
    """
    The number of this change in its room: 1, 2, 3 … with no gap over all durable changes. Give the last one
    you have seen as \`after\` to resume. Null for what is not durable.
    """
    changeSeq: BigInt
    """
    Where to resume in this room: names this change in this history of the database, while another history may
    have the same \`changeSeq\`. Null for what is not durable.
    """
    cursor: String
    """When it happened."""
    occurredAt: Datetime!
  }

  """The first event of a subscription: from here on nothing that is committed is missed."""
  type ReadyEvent implements RoomEvent {
    """The room that is being listened to; null in \`userEvents\`."""
    roomId: UUID
    """Always null: getting ready is not a change of the room."""
    changeSeq: BigInt
    """Where this subscription begins: resume here until a change has come. Null in \`userEvents\`."""
    cursor: String
    """When the subscription became ready."""
    occurredAt: Datetime!
    """The number of the room's last change: what you fetch now includes it. Null in \`userEvents\`."""
    headChangeSeq: BigInt
  }

  """A message was sent, edited, deleted, pinned or unpinned."""
  type MessageEvent implements RoomEvent {
    """The room of the message."""
    roomId: UUID!
    """The number of this change in its room."""
    changeSeq: BigInt
    """Where to resume in this room."""
    cursor: String
    """When it happened."""
    occurredAt: Datetime!
    """INSERT: sent. UPDATE: edited, pinned, unpinned, answered. DELETE: its content is gone, its place stays."""
    event: ChangeKind!
    """The id of the message."""
    messageId: UUID!
    """The message as it is when the event is delivered."""
    message: Message
  }

  """Someone reacted to a message, or took a reaction back."""
  type ReactionEvent implements RoomEvent {
    """The room of the message."""
    roomId: UUID!
    """The number of this change in its room."""
    changeSeq: BigInt
    """Where to resume in this room."""
    cursor: String
    """When it happened."""
    occurredAt: Datetime!
    """INSERT or DELETE."""
    event: ChangeKind!
    """The id of the message."""
    messageId: UUID!
    """The emoji, as in \`reactions\`."""
    emoji: String!
    """The id of the person who reacted."""
    userId: UUID!
    """The person who reacted."""
    user: User
    """The message as it is when the event is delivered."""
    message: Message
  }

  """Someone joined, left or was removed, or a role or mute changed."""
  type MemberEvent implements RoomEvent {
    """The room."""
    roomId: UUID!
    """The number of this change in its room."""
    changeSeq: BigInt
    """Where to resume in this room."""
    cursor: String
    """When it happened."""
    occurredAt: Datetime!
    """INSERT: joined. UPDATE: another role, muted or unmuted. DELETE: not a member any more."""
    event: ChangeKind!
    """The id of the member."""
    userId: UUID!
    """The member's role; with DELETE the last one."""
    role: MemberRole!
    """The member."""
    user: User
  }

  """
  Someone has read the room up to a message. While you hide what you read, you are told for the number alone that there was one:
  by \`00000000-0000-0000-0000-000000000000\`, up to 0.
  """
  type ReadReceiptEvent implements RoomEvent {
    """The room."""
    roomId: UUID!
    """The number of this change in its room."""
    changeSeq: BigInt
    """Where to resume in this room."""
    cursor: String
    """When it happened."""
    occurredAt: Datetime!
    """The id of the person who read."""
    userId: UUID!
    """The \`seq\` of the last message read."""
    lastReadSeq: BigInt!
    """The person who read."""
    user: User
  }

  """
  In a room with delivery receipts: its messages are on a device of a member, up to one. While you hide what you read, you are
  told for the number alone that there was one: by \`00000000-0000-0000-0000-000000000000\`, up to 0.
  """
  type DeliveryReceiptEvent implements RoomEvent {
    """The room."""
    roomId: UUID!
    """The number of this change in its room."""
    changeSeq: BigInt
    """Where to resume in this room."""
    cursor: String
    """When it happened."""
    occurredAt: Datetime!
    """The id of the member."""
    userId: UUID!
    """The \`seq\` of the last message that is there."""
    lastDeliveredSeq: BigInt!
    """The member."""
    user: User
  }

  """
  Someone has read the answers to a message in their thread, up to one. While you hide what you read, you are told for the number
  alone that there was one: by \`00000000-0000-0000-0000-000000000000\`, up to 0.
  """
  type ThreadReceiptEvent implements RoomEvent {
    """The room."""
    roomId: UUID!
    """The number of this change in its room."""
    changeSeq: BigInt
    """Where to resume in this room."""
    cursor: String
    """When it happened."""
    occurredAt: Datetime!
    """The id of the message that is answered."""
    messageId: UUID!
    """The id of the person who read."""
    userId: UUID!
    """The \`seq\` of the last answer read."""
    lastReadSeq: BigInt!
    """The person who read."""
    user: User
  }

  """The room itself is new or has changed: its name, description, limits, archiving."""
  type RoomChangedEvent implements RoomEvent {
    """The room."""
    roomId: UUID!
    """The number of this change in its room."""
    changeSeq: BigInt
    """Where to resume in this room."""
    cursor: String
    """When it happened."""
    occurredAt: Datetime!
    """INSERT for a new room, else UPDATE."""
    event: ChangeKind!
    """The room as it is when the event is delivered."""
    room: Room
  }

  """Someone began or stopped typing. Not durable: may be dropped, and lapses by itself after 10 seconds."""
  type TypingEvent implements RoomEvent {
    """The room."""
    roomId: UUID!
    """Always null: typing is not durable."""
    changeSeq: BigInt
    """Always null: typing is not durable."""
    cursor: String
    """When it happened."""
    occurredAt: Datetime!
    """INSERT: typing. DELETE: stopped."""
    event: ChangeKind!
    """The id of the person who types."""
    userId: UUID!
    """The person who types."""
    user: User
  }

  """A member came online, went away or offline. Not durable: may be dropped."""
  type PresenceEvent implements RoomEvent {
    """The room that both of you are in."""
    roomId: UUID!
    """Always null: presence is not durable."""
    changeSeq: BigInt
    """Always null: presence is not durable."""
    cursor: String
    """When it happened."""
    occurredAt: Datetime!
    """Always UPDATE."""
    event: ChangeKind!
    """The id of the person."""
    userId: UUID!
    """What the person is now."""
    status: UserStatus!
    """The person."""
    user: User
  }

  """A member set, changed or ended their status text, or its time is over. Not durable: may be dropped."""
  type StatusTextEvent implements RoomEvent {
    """The room that both of you are in."""
    roomId: UUID!
    """Always null: it is not durable."""
    changeSeq: BigInt
    """Always null: it is not durable."""
    cursor: String
    """When it happened."""
    occurredAt: Datetime!
    """The id of the person."""
    userId: UUID!
    """The person, with what they say now."""
    user: User
  }

  """A member's profile says something else in the fields that the administrators have defined. Not durable: may be dropped."""
  type ProfileEvent implements RoomEvent {
    """The room that both of you are in."""
    roomId: UUID!
    """Always null: it is not durable."""
    changeSeq: BigInt
    """Always null: it is not durable."""
    cursor: String
    """When it happened."""
    occurredAt: Datetime!
    """The id of the person."""
    userId: UUID!
    """The person, with their \`profile\` now."""
    user: User
  }

  """
  Something was asked of you, as a bot, or was answered to you. In \`userEvents\` alone, for the two that it is between.
  It is durable, though it has no \`changeSeq\`: it is told at least once.
  """
  type InteractionEvent implements RoomEvent {
    """The room."""
    roomId: UUID!
    """Always null: it is in no log of the room."""
    changeSeq: BigInt
    """Always null: it is in no log of the room."""
    cursor: String
    """When it happened."""
    occurredAt: Datetime!
    """INSERT: asked. UPDATE: answered."""
    event: ChangeKind!
    """The id of the interaction: whoever hears of it twice drops it by this."""
    interactionId: UUID!
    """The interaction as it is when the event is delivered. Null when it is over."""
    interaction: Interaction
  }

  """
  Something that you keep for yourself has changed, on whichever of your devices: in \`userEvents\` alone, and told to nobody
  else. Fetch anew what you show of it. It is durable, though it has no \`changeSeq\`: it is told at least once.
  """
  type PersonalEvent implements RoomEvent {
    """The room that it is about. Null when it is about no single room."""
    roomId: UUID
    """Always null: it is in no log of a room."""
    changeSeq: BigInt
    """Always null: it is in no log of a room."""
    cursor: String
    """When it happened."""
    occurredAt: Datetime!
    """What has changed."""
    matter: PersonalMatter!
  }

  """
  The emoji of your workspace have changed: one was added or removed, or has other names. In \`userEvents\` alone, told to
  everybody there. Fetch \`customEmoji\` behind the version that you have. It is durable: it is told at least once.
  """
  type CustomEmojiEvent implements RoomEvent {
    """Always null: it is about no room."""
    roomId: UUID
    """Always null: it is in no log of a room."""
    changeSeq: BigInt
    """Always null: it is in no log of a room."""
    cursor: String
    """When it happened."""
    occurredAt: Datetime!
  }

  """An event in any of your rooms, with the place to resume from."""
  type UserEvent {
    """Give it as \`after\` to resume behind this event. Opaque; good for as long as the log is kept."""
    cursor: String!
    """
    What happened. After resuming, an event that you have already had may come again:
    \`roomId\` and \`changeSeq\` tell.
    """
    event: RoomEvent!
    """
    Your conversation with its numbers, after an event that may change them: a message, your own reading, your
    joining, a change of the room, or of what you keep of it for yourself. Null after any other.
    """
    conversation: Conversation
  }

  extend type Subscription {
    """
    Everything that happens in one room. The first event is \`ReadyEvent\`: from then on nothing committed is
    missed. With \`cursor\`, every change after that one follows in order, then live ones, with no gap; or the error
    \`RESYNC\`, when the log does not have that change (any more). For members; \`NOT_FOUND\` for everyone else. Ends
    when you are no longer a member.
    """
    roomEvents(
      """The room to listen to."""
      roomId: UUID!
      """
      The \`changeSeq\` of the last event you have seen: resumes right behind it. Prefer \`cursor\`: after the
      database was restored, another change may have that number.
      """
      after: BigInt
      """The \`cursor\` of the last event you have seen: resumes right behind it. It goes before \`after\`."""
      cursor: String
    ): RoomEvent!

    """
    Everything that happens in all of your rooms, those you join later included. The first event is one
    \`ReadyEvent\`. With \`after\`, everything since then follows, room by room, then live events. A bot is told what
    waits for its answer.
    """
    userEvents(
      """The \`cursor\` of the last event you have seen: resumes behind it."""
      after: String
      """True: nothing but \`ReadyEvent\` and \`InteractionEvent\`, for a bot that only answers what it is asked."""
      interactionsOnly: Boolean
    ): UserEvent!
  }
`;
