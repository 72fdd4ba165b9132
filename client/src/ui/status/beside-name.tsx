import { lazy, type ReactNode, Suspense } from 'react';
import { untilLoaded } from '../until-loaded.ts';

const StatusText = lazy(() => untilLoaded(() => import('./status-text.tsx')));

export interface BesideNameProps {
  readonly userId: string;
}

/** What a person says of themselves, once it has come. */
export function BesideName({ userId }: BesideNameProps): ReactNode {
  return (
    <Suspense>
      <StatusText userId={userId} />
    </Suspense>
  );
}
