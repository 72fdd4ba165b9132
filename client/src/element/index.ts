export { openClient } from '../client.ts';
export { tokenSession } from '../token-session.ts';
export { TrumpetChat } from './trumpet-chat.tsx';
