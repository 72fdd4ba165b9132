import { type ReactNode, type RefObject, useEffect, useState } from 'react';
import type { ShownRoom } from '../shown.ts';
import { IconButton } from './icon-button.tsx';
import { useModal } from './modal.ts';
import { useWords } from './provider.tsx';
import type { Words } from './words/en.ts';

export interface ShortcutsOptions {
  /** What they work in. */
  readonly root: RefObject<HTMLElement | null>;
  readonly rooms: readonly ShownRoom[];
  readonly roomId: string | null;
  readonly onOpenRoom: (roomId: string) => void;
}

export interface ShortcutsState {
  /** Whether the list of them is to be shown. */
  readonly isOpen: boolean;
  show(): void;
  close(): void;
}

/** The keys of the kit that work while the focus is in it, or nowhere: `?`, `/`, `c`, `m`, Alt and arrows. */
export function useShortcuts({
  root,
  rooms,
  roomId,
  onOpenRoom,
}: ShortcutsOptions): ShortcutsState {
  const [isOpen, setIsOpen] = useState(false);
  useEffect(() => {
    const keyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || !isFor(root.current, event)) {
        return;
      }
      if (event.altKey) {
        const next = event.key === 'ArrowDown' ? nextUnread(rooms, roomId) : undefined;
        if (next !== undefined) {
          event.preventDefault();
          onOpenRoom(next.id);
        }
        return;
      }
      if (isWriting(event)) {
        return;
      }
      const selector = PLACES[event.key];
      const focused = selector && root.current?.querySelector<HTMLElement>(selector);
      if (event.key === '?') {
        event.preventDefault();
        setIsOpen(true);
      } else if (focused) {
        event.preventDefault();
        focused.focus();
      }
    };
    window.addEventListener('keydown', keyDown);
    return () => window.removeEventListener('keydown', keyDown);
  }, [root, rooms, roomId, onOpenRoom]);
  return { isOpen, show: () => setIsOpen(true), close: () => setIsOpen(false) };
}

const DIALOG = 'dialog, [role="dialog"], [role="alertdialog"]';

/** Whether a key was meant for the kit: what stands beside it on the page, or above it as a dialog, has keys of its own. */
function isFor(root: HTMLElement | null, event: KeyboardEvent): boolean {
  const path = event.composedPath();
  const dialog = path.findIndex((node) => node instanceof Element && node.matches(DIALOG));
  const at = root === null ? -1 : path.indexOf(root);
  if (at !== -1) {
    return dialog === -1 || dialog > at;
  }
  const isNowhere = path[0] === document.body || path[0] === document.documentElement;
  return root !== null && isNowhere && document.querySelector(':modal') === null;
}

/** What a key leads to. */
const PLACES: Readonly<Record<string, string>> = {
  '/': '.trumpet-rooms-filter',
  c: '.trumpet-composer-text',
  m: '.trumpet-message[tabindex="0"]',
};

function nextUnread(rooms: readonly ShownRoom[], roomId: string | null): ShownRoom | undefined {
  const at = rooms.findIndex(({ id }) => id === roomId);
  return [...rooms.slice(at + 1), ...rooms.slice(0, Math.max(0, at))].find(
    ({ unreadCount }) => unreadCount > 0,
  );
}

function isWriting(event: KeyboardEvent): boolean {
  const [target] = event.composedPath();
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

type Keys = readonly (keyof Words['key'] | { readonly sign: string })[];

const sign = (text: string) => ({ sign: text });

const ALL: readonly (readonly [word: keyof Words & `shortcut${string}`, ...keys: Keys[]])[] = [
  ['shortcutShow', [sign('?')]],
  ['shortcutFilter', [sign('/')]],
  ['shortcutNextUnread', ['alt', 'down']],
  ['shortcutComposer', [sign('C')]],
  ['shortcutMessages', [sign('M')]],
  ['shortcutMove', ['up'], ['down']],
  ['shortcutEnds', ['home'], ['end']],
  ['shortcutMenu', ['enter']],
  ['shortcutReply', [sign('R')]],
  ['shortcutReact', [sign('+')]],
  ['shortcutEdit', [sign('E')]],
  ['shortcutDelete', ['delete']],
  ['shortcutEditLast', ['up']],
  ['shortcutSend', ['enter']],
  ['shortcutNewLine', ['shift', 'enter']],
  [
    'shortcutBold',
    ['control', sign('B')],
    ['control', sign('I')],
    ['control', sign('E')],
    ['control', sign('K')],
  ],
  ['shortcutEscape', ['escape']],
];

export interface ShortcutsProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** The list of all keys. */
export function Shortcuts({ isOpen, onClose }: ShortcutsProps): ReactNode {
  return isOpen && <OpenShortcuts onClose={onClose} />;
}

function OpenShortcuts({ onClose }: Pick<ShortcutsProps, 'onClose'>): ReactNode {
  const words = useWords();
  const dialog = useModal();
  return (
    <dialog
      ref={dialog}
      className="trumpet trumpet-dialog trumpet-shortcuts"
      aria-label={words.shortcuts}
      onClose={onClose}
    >
      <header className="trumpet-panel-head">
        <h2>{words.shortcuts}</h2>
        <IconButton icon="close" label={words.close} onClick={onClose} />
      </header>
      <dl>
        {ALL.map(([word, ...keys]) => (
          <div key={word}>
            <dt>{words[word]}</dt>
            <dd>
              {keys.map((together) => (
                <span key={JSON.stringify(together)}>
                  {together.map((key) => (
                    <kbd key={JSON.stringify(key)}>
                      {typeof key === 'string' ? words.key[key] : key.sign}
                    </kbd>
                  ))}
                </span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}
