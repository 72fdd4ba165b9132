import { type RefObject, useLayoutEffect, useRef } from 'react';

/**
 * Opens a `<dialog>` before which nothing else can be used, for as long as it is there. It is closed before it is taken
 * out of the page: only so does the focus go back to where it was.
 */
export function useModal(): RefObject<HTMLDialogElement | null> {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const opened = dialog.current;
    opened?.showModal();
    return () => opened?.close();
  }, []);
  return dialog;
}
