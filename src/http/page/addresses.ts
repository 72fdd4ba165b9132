/**
 * What the chat's page shows itself: there the server sends it, and its service worker does when there is no network.
 * This is all that they need to know of its router (web/src/shell/shell.tsx, web/src/screens/index.ts).
 */
export const PAGE_ADDRESSES =
  /^\/(?:$|(?:explore|invite|moderation|people|r|reset|search|settings|threads|verify)(?:\/.*)?$)/;
