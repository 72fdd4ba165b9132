/** What GraphiQL opens with. The names are those of the sample data. */
export const WELCOME_QUERY = `# Welcome to Trumpet.
# Put the cursor into an operation, press Ctrl-Enter.
#
# 1. Sign in, then copy the accessToken
#    into the "Headers" tab below:
#    { "Authorization": "Bearer <accessToken>" }
mutation SignIn {
  signIn(
    input: { username: "alice", password: "trumpet-demo" }
  ) {
    session {
      accessToken
      user {
        displayName
      }
    }
  }
}

# 2. Look around, and copy the room's id
#    into the "Variables" tab:
#    { "roomId": "<id>" }
query LookAround {
  roomBySlug(slug: "general") {
    id
    name
    memberCount
    messages(first: 10) {
      nodes {
        seq
        content
        author {
          username
        }
      }
    }
  }
}

# 3. Listen. It stops when you change to another
#    tab of this page, so leave it running and open
#    the page again in a second window:
#    all of this is there too.
subscription Listen($roomId: UUID!) {
  roomEvents(roomId: $roomId) {
    __typename
    changeSeq
    ... on MessageEvent {
      event
      message {
        seq
        content
        author {
          username
        }
      }
    }
  }
}

# 4. Send, in the second window, and look at the first.
mutation Send($roomId: UUID!) {
  sendMessage(input: { roomId: $roomId, content: "Hello from GraphiQL! 👋" }) {
    message {
      id
      seq
    }
  }
}
`;
