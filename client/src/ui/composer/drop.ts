import { type RefObject, useEffect, useState } from 'react';

/** Where files may be dropped for the composer in it; else on the composer alone. */
export const DROP_ZONE = '[data-trumpet-drop]';

/** Takes files that are dropped around an element. @returns whether some are held over it */
export function useDrop(
  element: RefObject<HTMLElement | null>,
  onFiles: (files: FileList) => void,
): boolean {
  const [isDragged, setIsDragged] = useState(false);
  useEffect(() => {
    const zone = element.current?.closest<HTMLElement>(DROP_ZONE) ?? element.current;
    if (zone === null) {
      return undefined;
    }
    const over = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files')) {
        event.preventDefault();
        setIsDragged(true);
      }
    };
    const leave = (event: DragEvent) => {
      if (!zone.contains(event.relatedTarget as Node | null)) {
        setIsDragged(false);
      }
    };
    const drop = (event: DragEvent) => {
      setIsDragged(false);
      if (event.dataTransfer !== null && event.dataTransfer.files.length > 0) {
        event.preventDefault();
        onFiles(event.dataTransfer.files);
      }
    };
    zone.addEventListener('dragover', over);
    zone.addEventListener('dragleave', leave);
    zone.addEventListener('drop', drop);
    return () => {
      zone.removeEventListener('dragover', over);
      zone.removeEventListener('dragleave', leave);
      zone.removeEventListener('drop', drop);
    };
  }, [element, onFiles]);
  return isDragged;
}
