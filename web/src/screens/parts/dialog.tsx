import { type ReactNode, useId, useState } from 'react';
import { Icon, useModal } from 'trumpet-client/ui';
import { useWords } from '../../words/words.tsx';
import { useDoing } from './doing.ts';
import { Form } from './form.tsx';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Asks for something before anything else goes on. The focus goes back to where it was when it is closed. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const { close } = useWords();
  const dialog = useModal();
  const id = useId();
  return (
    <dialog
      ref={dialog}
      className="trumpet-screen-dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header>
        <h2 id={id}>{title}</h2>
        <button
          type="button"
          className="trumpet-screen-button-plain"
          aria-label={close}
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  );
}

interface ConfirmButtonProps {
  /** What the button says that opens the question. */
  readonly label: string;
  readonly title: string;
  readonly text: string;
  /** What the button says that does it. */
  readonly confirm: string;
  readonly act: () => Promise<unknown>;
  readonly onDone?: () => void;
  readonly isDestructive?: boolean;
}

/** A button for what one may regret: it asks first. */
export function ConfirmButton(props: ConfirmButtonProps) {
  const { label, title, text, confirm, act, onDone, isDestructive = true } = props;
  const { screens } = useWords();
  const [isOpen, setIsOpen] = useState(false);
  const doing = useDoing(act);

  function close(): void {
    setIsOpen(false);
    doing.reset();
  }

  return (
    <>
      <button
        type="button"
        className={isDestructive ? 'trumpet-screen-button-destructive' : undefined}
        onClick={() => setIsOpen(true)}
      >
        {label}
      </button>
      {isOpen && (
        <Dialog title={title} onClose={close}>
          <p>{text}</p>
          <Form
            done={doing}
            submit={confirm}
            isDestructive={isDestructive}
            beside={
              <button type="button" onClick={close}>
                {screens.cancel}
              </button>
            }
            onSubmit={async () => {
              if (await doing.run()) {
                close();
                onDone?.();
              }
            }}
          />
        </Dialog>
      )}
    </>
  );
}
