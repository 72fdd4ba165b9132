export {
  type ShownThread,
  type ShownTimeline,
  useAct,
  useBlockedIds,
  useClientState,
  useIsRoomGone,
  useMembers,
  useMessage,
  usePerson,
  usePresence,
  useProgress,
  useQueue,
  useRoom,
  useRooms,
  useThread,
  useTimeline,
  useTyping,
  useViewerId,
} from './hooks.ts';
export { TrumpetProvider, type TrumpetProviderProps, useClient } from './provider.tsx';
export { useView } from './use-view.ts';
