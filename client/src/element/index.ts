export { TrumpetChat } from './trumpet-chat.tsx';
