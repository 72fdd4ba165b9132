import { useEffect, useState } from 'react';

/**
 * The code of the link in a mail. It is behind the `#`, which browsers send to nobody, and it does not stay in the address,
 * where it would be in the history and on the screen.
 */
export function useMailedCode(): string {
  const [code] = useState(() => location.hash.slice(1));
  useEffect(() => {
    if (location.hash !== '') {
      history.replaceState(history.state, '', location.pathname);
    }
  }, []);
  return code;
}
