import { type ReactNode, useEffect, useRef } from 'react';
import '../screens.css';
import { Icon } from 'trumpet-client/ui';
import { Link } from 'wouter';
import { useTitle } from '../../shell/title.ts';
import { useWords } from '../../words/words.tsx';

interface ScreenFrameProps {
  readonly title: string;
  /** Where the way back leads; to the rooms unless given. None beside a room unless given. */
  readonly back?: string | undefined;
  /** What stands beside the title, such as a button for something new. */
  readonly beside?: ReactNode;
  /** Beside a room: the address of the room without it. */
  readonly panelOf?: string | undefined;
  readonly children: ReactNode;
}

/** A screen with its title, which has the focus when the screen is opened: a screen reader says where one is. */
export function ScreenFrame({ title, back, beside, panelOf, children }: ScreenFrameProps) {
  const words = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  const isPanel = panelOf !== undefined;
  const screen = useRef<HTMLElement>(null);
  useEffect(() => {
    // A field of the screen may have taken it.
    if (!screen.current?.contains(document.activeElement)) {
      heading.current?.focus();
    }
  }, []);
  const backTo = back ?? (isPanel ? undefined : '/');
  return (
    <section ref={screen} className="trumpet-screen">
      {!isPanel && <Title title={`${title} · ${words.appName}`} />}
      <header className="trumpet-screen-head">
        {backTo !== undefined && (
          <Link href={backTo} className="trumpet-screen-back" aria-label={words.back}>
            <Icon name="back" />
          </Link>
        )}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {beside !== undefined && <div className="trumpet-screen-beside">{beside}</div>}
        {isPanel && (
          <Link href={panelOf} className="trumpet-screen-back" aria-label={words.close}>
            <Icon name="close" />
          </Link>
        )}
      </header>
      <div className="trumpet-screen-body">{children}</div>
    </section>
  );
}

/** The title of the tab; that of a panel is its room's. */
function Title({ title }: { readonly title: string }) {
  useTitle(title);
  return null;
}
