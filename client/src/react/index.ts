export {
  type ShownThread,
  type ShownTimeline,
  useAct,
  useBlockedIds,
  useClientState,
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
export { useIsRoomGone } from './room-gone.ts';
export { useView } from './use-view.ts';
