import { useEffect, useRef } from 'react';
import { Link } from 'wouter';

interface TabsProps {
  readonly label: string;
  readonly tabs: readonly {
    readonly name: string;
    readonly address: string;
    readonly isCurrent: boolean;
  }[];
}

/** The sections of a screen in a line. Where it is too narrow for all, the current one is scrolled to. */
export function Tabs({ label, tabs }: TabsProps) {
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    nav.current
      ?.querySelector('[aria-current]')
      ?.scrollIntoView({ inline: 'center', block: 'nearest' });
  }, []);
  return (
    <nav ref={nav} className="trumpet-screen-tabs" aria-label={label}>
      {tabs.map(({ name, address, isCurrent }) => (
        <Link key={address} href={address} aria-current={isCurrent ? 'page' : undefined}>
          {name}
        </Link>
      ))}
    </nav>
  );
}
