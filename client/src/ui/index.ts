export {
  type Arrangements,
  orderWith,
  type RoomArrangement,
  type RoomSection,
} from './arrangement/sections.ts';
export { type ArrangedRooms, useArrangedRooms } from './arrangement/use-sections.ts';
export {
  AvatarPicture,
  type AvatarPictureProps,
  PersonAvatar,
  type PersonAvatarProps,
  RoomAvatar,
  type RoomAvatarProps,
} from './avatar.tsx';
export {
  Chat,
  type ChatProps,
  Conversation,
  type ConversationProps,
  StateLine,
} from './chat.tsx';
export { Composer, type ComposerProps } from './composer/composer.tsx';
export { dayOf, durationOf, localTimeOf, momentOf, shortDateOf, timeOf } from './dates.ts';
export { tellDeliveries } from './delivery/telling.ts';
export { IconButton, type IconButtonProps } from './icon-button.tsx';
export { Icon, type IconName, type IconProps } from './icons.tsx';
export { sizeOf } from './kinds.ts';
export { type SuggestedTimes, suggestedTimes } from './later/times.ts';
export { type LaterWords, laterWords } from './later/words.ts';
export { EmojiText, Markdown, type MarkdownProps } from './markdown.tsx';
export { Menu, type MenuItem, type MenuProps } from './menu.tsx';
export { type MessageAction, type MoreActions, mayWrite } from './messages/actions.ts';
export { MessageList, type MessageListProps } from './messages/message-list.tsx';
export { Unsent } from './messages/unsent.tsx';
export { useModal } from './modal.ts';
export { nameOfPerson, useNameOfRoom, usePersonName, useRoomName } from './names.ts';
export { may, type RoomOfMember } from './permissions.ts';
export { plainText } from './plain-text.ts';
export { Popover, type PopoverProps } from './popover.tsx';
export { ChatProvider, type ChatProviderProps, useWords } from './provider.tsx';
export { RoomList, type RoomListProps } from './room-list.tsx';
export {
  Shortcuts,
  type ShortcutsOptions,
  type ShortcutsProps,
  type ShortcutsState,
  useShortcuts,
} from './shortcuts.tsx';
export { SignIn, type SignInProps } from './sign-in.tsx';
export { Thread, type ThreadProps } from './thread.tsx';
export { type ThreadNumbers, type ThreadStore, threadsOf } from './threads/store.ts';
export { TypingLine, type TypingLineProps } from './typing-line.tsx';
export { untilLoaded } from './until-loaded.ts';
export { ar } from './words/ar.ts';
export { de } from './words/de.ts';
export { en, type Words } from './words/en.ts';
export { ja } from './words/ja.ts';
export { count, fill, type Plural, plural } from './words/plural.ts';
