import { Thread } from 'trumpet-client/ui';
import { useLocation } from 'wouter';
import type { PanelProps } from '../screen.ts';
import { useMoreActions } from './more-actions.ts';

/** A thread beside its room: `?panel=thread:<id>`. */
export default function ThreadPanel({ roomId, of = '' }: PanelProps) {
  const [location, go] = useLocation();
  const moreActions = useMoreActions(roomId);
  return (
    <Thread roomId={roomId} messageId={of} moreActions={moreActions} onClose={() => go(location)} />
  );
}
