import { type ReactNode, useEffect, useLayoutEffect, useRef } from 'react';

export interface PopoverProps {
  /** What it belongs to: it opens beside it. */
  readonly anchor: Element;
  readonly label?: string;
  readonly className?: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** How far it stays from the edges of the window. */
const MARGIN_PX = 8;

/**
 * A native popover beside an element, above or below as there is room; on a phone, a sheet at the bottom. Escape and a
 * click elsewhere close it, and the focus goes back to where it was.
 */
export function Popover({
  anchor,
  label,
  className = '',
  onClose,
  children,
}: PopoverProps): ReactNode {
  const element = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  });

  useLayoutEffect(() => {
    const opened = element.current;
    if (opened === null) {
      return undefined;
    }
    const before = (opened.getRootNode() as Document | ShadowRoot).activeElement;
    opened.showPopover();
    place(opened, anchor);
    const watch = new ResizeObserver(() => place(opened, anchor));
    watch.observe(opened);
    const toggled = (event: Event) => {
      if ((event as ToggleEvent).newState === 'closed') {
        close.current();
      }
    };
    opened.addEventListener('toggle', toggled);
    return () => {
      watch.disconnect();
      opened.removeEventListener('toggle', toggled);
      const hadFocus = opened.contains(
        (opened.getRootNode() as Document | ShadowRoot).activeElement,
      );
      opened.hidePopover();
      if (hadFocus && before instanceof HTMLElement) {
        before.focus({ preventScroll: true });
      }
    };
  }, [anchor]);

  return (
    <div
      ref={element}
      popover="auto"
      role="dialog"
      aria-label={label}
      className={`trumpet trumpet-popover ${className}`}
    >
      {children}
    </div>
  );
}

function place(element: HTMLElement, anchor: Element): void {
  const { clientWidth, clientHeight } = document.documentElement;
  const at = anchor.getBoundingClientRect();
  const { width, height } = element.getBoundingClientRect();
  const isRightToLeft = getComputedStyle(element).direction === 'rtl';
  const wanted = isRightToLeft ? at.left : at.right - width;
  const left = Math.max(MARGIN_PX, Math.min(wanted, clientWidth - width - MARGIN_PX));
  const isBelow = at.bottom + height + MARGIN_PX < clientHeight || at.top < height + MARGIN_PX;
  const top = isBelow ? at.bottom + 4 : at.top - height - 4;
  element.style.setProperty('--trumpet-popover-left', `${left}px`);
  element.style.setProperty(
    '--trumpet-popover-top',
    `${Math.max(MARGIN_PX, Math.min(top, clientHeight - height - MARGIN_PX))}px`,
  );
}
