import type { ReactNode } from 'react';
import { useWords } from '../provider.tsx';
import { threadWords } from './words.ts';

export interface AlsoToRoomProps {
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

/** Whether an answer goes to the room as well. */
export default function AlsoToRoom({ isOn, onChange }: AlsoToRoomProps): ReactNode {
  const words = threadWords(useWords().language);
  return (
    <label className="trumpet-also-to-room">
      <input
        type="checkbox"
        checked={isOn}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      {words.alsoSendToRoom}
    </label>
  );
}
