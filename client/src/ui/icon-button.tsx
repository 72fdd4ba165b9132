import type { ComponentProps, ReactNode } from 'react';
import { Icon, type IconName } from './icons.tsx';

export interface IconButtonProps extends ComponentProps<'button'> {
  readonly icon: IconName;
  /** What it does, for everybody who does not know the picture. */
  readonly label: string;
}

export function IconButton({ icon, label, className = '', ...rest }: IconButtonProps): ReactNode {
  return (
    <button
      type="button"
      className={`trumpet-icon-button ${className}`}
      aria-label={label}
      title={label}
      {...rest}
    >
      <Icon name={icon} />
    </button>
  );
}
