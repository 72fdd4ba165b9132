import {
  type ComponentProps,
  type ReactNode,
  type SubmitEvent,
  useEffect,
  useId,
  useRef,
} from 'react';
import { useWords } from '../../words/words.tsx';
import type { Done } from './doing.ts';
import { Refusal, useRefusal } from './refusal.tsx';

interface FormProps {
  readonly done: Done;
  readonly submit: string;
  readonly onSubmit: () => void;
  /** What it does cannot be taken back. */
  readonly isDestructive?: boolean;
  /** The error is told at a field, and not below the form. */
  readonly isToldAtField?: boolean;
  /** Said when it was done; nothing when left out. */
  readonly saved?: string | undefined;
  /** What stands beside the button. */
  readonly beside?: ReactNode;
  readonly children?: ReactNode;
}

/** Fields and a button. After a refusal the field that it is about has the focus. */
export function Form(props: FormProps) {
  const { done, submit, onSubmit, isToldAtField = false, isDestructive = false } = props;
  const { loading } = useWords();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (done.error !== undefined) {
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    }
  }, [done.error]);
  return (
    <form
      ref={form}
      className="trumpet-screen-form"
      aria-busy={done.isUnderWay}
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {props.children}
      <Refusal error={isToldAtField ? undefined : done.error} />
      <div className="trumpet-screen-form-end">
        <button
          type="submit"
          className={
            isDestructive ? 'trumpet-screen-button-destructive' : 'trumpet-screen-button-main'
          }
          disabled={done.isUnderWay}
        >
          {done.isUnderWay ? loading : submit}
        </button>
        {props.beside}
        <output className="trumpet-screen-form-saved">{done.isDone && props.saved}</output>
      </div>
    </form>
  );
}

/** What connects a control with its label, its hint and the refusal. */
export interface ControlProps {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean;
}

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  /** Why the server refused what stands here. */
  readonly error?: unknown;
  readonly children: (control: ControlProps) => ReactNode;
}

export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const refused = useRefusal(error);
  const described = [hint && `${id}-hint`, refused && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className="trumpet-screen-field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        'aria-describedby': described === '' ? undefined : described,
        'aria-invalid': refused !== undefined,
      })}
      {hint && (
        <p id={`${id}-hint`} className="trumpet-screen-field-hint">
          {hint}
        </p>
      )}
      {refused && (
        <p id={`${id}-error`} className="trumpet-screen-field-error">
          {refused.sentence} {refused.detail}
        </p>
      )}
    </div>
  );
}

type TextProps<Native> = Omit<FieldProps, 'children'> &
  Omit<Native, 'onChange' | 'id'> & { readonly onChange?: (text: string) => void };

/** A line of text, or what else an `<input>` takes. */
export function TextField({
  label,
  hint,
  error,
  onChange,
  ...input
}: TextProps<ComponentProps<'input'>>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <input {...control} {...input} onChange={({ target }) => onChange?.(target.value)} />
      )}
    </Field>
  );
}

/** Some lines of text. */
export function TextArea({
  label,
  hint,
  error,
  onChange,
  ...area
}: TextProps<ComponentProps<'textarea'>>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <textarea {...control} {...area} onChange={({ target }) => onChange?.(target.value)} />
      )}
    </Field>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly hint?: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly isDisabled?: boolean;
}

export function Switch({ label, hint, isOn, onChange, isDisabled = false }: SwitchProps) {
  const id = useId();
  return (
    <div className="trumpet-screen-switch">
      <input
        id={id}
        type="checkbox"
        role="switch"
        aria-checked={isOn}
        checked={isOn}
        disabled={isDisabled}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={({ target }) => onChange(target.checked)}
      />
      <label htmlFor={id}>{label}</label>
      {hint && (
        <p id={`${id}-hint`} className="trumpet-screen-field-hint">
          {hint}
        </p>
      )}
    </div>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly hint?: string;
  readonly error?: unknown;
  readonly value: T;
  readonly options: readonly (readonly [value: T, label: string])[];
  readonly onChange: (value: T) => void;
  readonly isDisabled?: boolean;
}

/** One of some values. */
export function Choice<T extends string>(props: ChoiceProps<T>) {
  const { label, hint, error, value, options, onChange, isDisabled } = props;
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <select
          {...control}
          value={value}
          disabled={isDisabled}
          onChange={({ target }) => onChange(target.value as T)}
        >
          {options.map(([each, name]) => (
            <option key={each} value={each}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
