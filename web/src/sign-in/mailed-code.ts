import { useEffect, useState } from 'react';

/**
 * The code of the link in a mail, also when it is opened where the page stands at its address already. It is behind the
 * `#`, which browsers send to nobody, and it does not stay in the address, where it would be in the history and on the
 * screen.
 */
export function useMailedCode(): string {
  const [code, setCode] = useState(() => location.hash.slice(1));
  useEffect(() => {
    const take = () => {
      if (location.hash !== '') {
        setCode(location.hash.slice(1));
        history.replaceState(history.state, '', location.pathname);
      }
    };
    take();
    window.addEventListener('hashchange', take);
    return () => window.removeEventListener('hashchange', take);
  }, []);
  return code;
}
