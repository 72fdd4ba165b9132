import { type FormEvent, type ReactNode, useState } from 'react';
import { useClient } from '../../react/index.ts';
import type { ShownMessage } from '../../shown.ts';
import { Icon } from '../icons.tsx';
import { Menu as PopupMenu } from '../menu.tsx';
import { MessagePoll } from '../polls/poll.tsx';
import { pollOf } from '../polls/poll-of.ts';
import { Popover } from '../popover.tsx';
import { useWords } from '../provider.tsx';
import { AskedState } from './asked-state.tsx';
import { componentsOf, type Menu } from './components.ts';
import { interactionsOf } from './store.ts';
import { useAsked } from './use-asked.ts';

export interface MessageComponentsProps {
  readonly message: Pick<
    ShownMessage,
    'id' | 'roomId' | 'authorId' | 'metadata' | 'seq' | 'heldAt'
  >;
  readonly tabIndex: number;
}

/** The poll of a message, its buttons, links and menus, and how it goes with what this person did there. */
export default function MessageComponents({
  message,
  tabIndex,
}: MessageComponentsProps): ReactNode {
  const client = useClient();
  const { id, roomId, authorId } = message;
  const asked = useAsked(roomId).findLast(({ messageId }) => messageId === id);
  const components = componentsOf(message.metadata);
  const poll = pollOf(message.metadata);

  function use(componentId: string, selectedValues?: readonly string[]): void {
    interactionsOf(client).press({
      ...{ roomId, messageId: id, botId: authorId, componentId },
      ...(selectedValues === undefined ? {} : { selectedValues }),
    });
  }

  /** Pressed once, and not again before the bot has answered. */
  const isBusy = (componentId: string) =>
    asked?.state === 'waiting' && asked.componentId === componentId;

  return (
    <>
      {poll !== undefined && <MessagePoll message={message} poll={poll} tabIndex={tabIndex} />}
      <div className="trumpet-components">
        {components.map((component) => {
          switch (component.type) {
            case 'link':
              return (
                <a
                  key={`${component.label} ${component.url}`}
                  className="trumpet-component"
                  href={component.url}
                  target="_blank"
                  rel="noopener noreferrer nofollow ugc"
                  tabIndex={tabIndex}
                >
                  <bdi>{component.label}</bdi>
                  <Icon name="forward" />
                </a>
              );
            case 'button':
              return (
                <button
                  key={component.id}
                  type="button"
                  className="trumpet-component"
                  data-style={component.style ?? 'default'}
                  tabIndex={tabIndex}
                  disabled={component.isDisabled === true || message.seq === null}
                  aria-busy={isBusy(component.id)}
                  onClick={() => isBusy(component.id) || use(component.id)}
                >
                  <bdi>{component.label}</bdi>
                </button>
              );
            case 'menu':
              return (
                <ChoosingButton
                  key={component.id}
                  menu={component}
                  tabIndex={tabIndex}
                  isBusy={isBusy(component.id)}
                  isDisabled={component.isDisabled === true || message.seq === null}
                  onChoose={(values) => use(component.id, values)}
                />
              );
          }
          return null;
        })}
      </div>
      <div role="status">{asked !== undefined && <AskedState asked={asked} />}</div>
    </>
  );
}

interface ChoosingButtonProps {
  readonly menu: Menu;
  readonly tabIndex: number;
  readonly isBusy: boolean;
  readonly isDisabled: boolean;
  readonly onChoose: (values: readonly string[]) => void;
}

function ChoosingButton(props: ChoosingButtonProps): ReactNode {
  const { menu, tabIndex, isBusy, isDisabled, onChoose } = props;
  const [anchor, setAnchor] = useState<Element | null>(null);
  const isSingle = (menu.maxSelected ?? 1) === 1;
  const close = () => setAnchor(null);
  return (
    <>
      <button
        type="button"
        className="trumpet-component"
        tabIndex={tabIndex}
        disabled={isDisabled}
        aria-busy={isBusy}
        aria-haspopup={isSingle ? 'menu' : 'dialog'}
        aria-expanded={anchor !== null}
        onClick={({ currentTarget }) => !isBusy && setAnchor(currentTarget)}
      >
        <bdi>{menu.label}</bdi>
        <Icon name="down" />
      </button>
      {anchor !== null && isSingle && (
        <PopupMenu
          anchor={anchor}
          label={menu.label}
          items={menu.options.map(({ value, label, description }) => ({
            id: value,
            label,
            ...(description === undefined ? {} : { detail: description }),
            run: () => onChoose([value]),
          }))}
          onClose={close}
        />
      )}
      {anchor !== null && !isSingle && (
        <Choosing
          anchor={anchor}
          menu={menu}
          onClose={close}
          onChoose={(values) => {
            close();
            onChoose(values);
          }}
        />
      )}
    </>
  );
}

interface ChoosingProps extends Pick<ChoosingButtonProps, 'menu' | 'onChoose'> {
  readonly anchor: Element;
  readonly onClose: () => void;
}

/** A menu of which several are chosen. */
function Choosing({ anchor, menu, onChoose, onClose }: ChoosingProps): ReactNode {
  const words = useWords();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const { minSelected = 1, maxSelected = 1 } = menu;
  const isFull = chosen.size >= maxSelected;

  function toggle(value: string): void {
    const next = new Set(chosen);
    if (!next.delete(value)) {
      next.add(value);
    }
    setChosen(next);
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (chosen.size >= minSelected) {
      onChoose(menu.options.map(({ value }) => value).filter((value) => chosen.has(value)));
    }
  }

  return (
    <Popover anchor={anchor} label={menu.label} onClose={onClose}>
      <form className="trumpet-choosing" onSubmit={submit}>
        <fieldset>
          <legend dir="auto">{menu.label}</legend>
          {menu.options.map(({ value, label, description }) => (
            <label key={value} className="trumpet-choice">
              <input
                type="checkbox"
                checked={chosen.has(value)}
                disabled={isFull && !chosen.has(value)}
                onChange={() => toggle(value)}
              />
              <span dir="auto">
                {label}
                {description !== undefined && <small>{description}</small>}
              </span>
            </label>
          ))}
        </fieldset>
        <button type="submit" className="trumpet-button" disabled={chosen.size < minSelected}>
          {words.choose}
        </button>
      </form>
    </Popover>
  );
}
