/** A part of a message that can be used: `components` of its metadata. docs/bots.md has the shape. */
export type Component = Button | Link | Menu;

export interface Button {
  readonly type: 'button';
  readonly id: string;
  readonly label: string;
  readonly style?: 'default' | 'primary' | 'danger';
  readonly isDisabled?: boolean;
}

export interface Link {
  readonly type: 'link';
  readonly label: string;
  readonly url: string;
}

export interface Menu {
  readonly type: 'menu';
  readonly id: string;
  readonly label: string;
  readonly options: readonly Option[];
  readonly minSelected?: number;
  readonly maxSelected?: number;
  readonly isDisabled?: boolean;
}

export interface Option {
  readonly value: string;
  readonly label: string;
  readonly description?: string;
}

/** What the database has let in is as it should be; what an older one has, or a bridge, may not be. */
export function componentsOf(metadata: unknown): readonly Component[] {
  const found = (metadata as { components?: unknown } | null)?.components;
  return Array.isArray(found) ? found.filter(isComponent) : [];
}

/** Whether a message has parts that are loaded when they are there, such as these. */
export function hasParts(metadata: unknown, ...names: readonly string[]): boolean {
  return (
    typeof metadata === 'object' && metadata !== null && names.some((name) => name in metadata)
  );
}

function isComponent(value: unknown): value is Component {
  const { type, id, label, url, options } = (value ?? {}) as Record<string, unknown>;
  if (typeof label !== 'string') {
    return false;
  }
  switch (type) {
    case 'button':
      return typeof id === 'string';
    case 'link':
      return typeof url === 'string' && /^https?:\/\//.test(url);
    case 'menu':
      return typeof id === 'string' && Array.isArray(options) && options.every(isOption);
    default:
      return false;
  }
}

function isOption(value: unknown): boolean {
  const { value: chosen, label } = (value ?? {}) as Record<string, unknown>;
  return typeof chosen === 'string' && typeof label === 'string';
}
