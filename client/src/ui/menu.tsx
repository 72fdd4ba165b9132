import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { Icon, type IconName } from './icons.tsx';
import { Popover } from './popover.tsx';

export interface MenuItem {
  readonly id: string;
  readonly label: string;
  /** Below the label. */
  readonly detail?: string;
  readonly icon?: IconName;
  readonly isDangerous?: boolean;
  readonly run: () => void;
}

export interface MenuProps {
  readonly anchor: Element;
  readonly label: string;
  readonly items: readonly MenuItem[];
  /** Above the items. */
  readonly children?: ReactNode;
  readonly onClose: () => void;
}

/** A menu beside an element: arrow keys, Home, End and first letters move in it. */
export function Menu({ anchor, label, items, children, onClose }: MenuProps): ReactNode {
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    menu.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus();
  }, []);

  function keyDown(event: KeyboardEvent): void {
    const all = [...(menu.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
    const at = all.indexOf(event.target as HTMLElement);
    const next = nextItem(event.key, all, at);
    if (next !== undefined) {
      event.preventDefault();
      next.focus();
    } else if (event.key === 'Tab') {
      onClose();
    }
  }

  return (
    <Popover anchor={anchor} label={label} className="trumpet-menu" onClose={onClose}>
      {children}
      <div ref={menu} role="menu" aria-label={label} onKeyDown={keyDown}>
        {items.map(({ id, label: name, detail, icon, isDangerous, run }) => (
          <button
            key={id}
            type="button"
            role="menuitem"
            tabIndex={-1}
            className="trumpet-menu-item"
            data-dangerous={isDangerous ?? false}
            onClick={() => {
              onClose();
              run();
            }}
          >
            {icon !== undefined && <Icon name={icon} />}
            {detail === undefined ? (
              name
            ) : (
              <span dir="auto">
                {name}
                <small>{detail}</small>
              </span>
            )}
          </button>
        ))}
      </div>
    </Popover>
  );
}

function nextItem(key: string, items: readonly HTMLElement[], at: number): HTMLElement | undefined {
  switch (key) {
    case 'ArrowDown':
      return items[(at + 1) % items.length];
    case 'ArrowUp':
      return items.at(at - 1);
    case 'Home':
      return items[0];
    case 'End':
      return items.at(-1);
  }
  const letter = key.toLocaleLowerCase();
  return key.length === 1 && key !== ' '
    ? [...items.slice(at + 1), ...items.slice(0, at + 1)].find((item) =>
        item.textContent?.toLocaleLowerCase().startsWith(letter),
      )
    : undefined;
}
