import { type ReactNode, useState } from 'react';
import { TrumpetError } from 'trumpet-client';
import {
  BeginTotpDocument,
  type BeginTotpMutation,
  ConfirmTotpDocument,
  MakeRecoveryCodesDocument,
  MySecondFactorDocument,
  type MySecondFactorQuery,
  RemoveTotpDocument,
} from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Answered } from '../parts/answered.tsx';
import { useAsked } from '../parts/asked.ts';
import { useDoing } from '../parts/doing.ts';
import { Choice, Form, TextField } from '../parts/form.tsx';
import { useFormat } from '../parts/format.ts';
import { QrCode } from './qr-code.tsx';

type Setup = NonNullable<NonNullable<BeginTotpMutation['beginTotp']>['totpSetup']>;
type SecondFactor = NonNullable<MySecondFactorQuery['secondFactor']>;

/** What is asked for besides the password. */
export function SecondFactorSettings() {
  const { settings: words } = useWords().screens;
  const asked = useAsked(MySecondFactorDocument, {});
  const [setup, setSetup] = useState<Setup>();
  const [codes, setCodes] = useState<readonly string[]>();

  function show(made: readonly string[]): void {
    setSetup(undefined);
    setCodes(made);
    asked.again();
  }

  if (codes !== undefined) {
    return <RecoveryCodes codes={codes} onDone={() => setCodes(undefined)} />;
  }
  if (setup !== undefined) {
    return <Confirm setup={setup} onDone={show} />;
  }
  return (
    <Answered asked={asked}>
      {({ account, secondFactor }) =>
        account?.hasPassword ? (
          <Factor factor={secondFactor} onSetup={setSetup} onCodes={show} onRemoved={asked.again} />
        ) : (
          <p>{account?.isGuest ? words.guestFirst : words.factorElsewhere}</p>
        )
      }
    </Answered>
  );
}

const WISHES = ['codes', 'replace', 'remove'] as const;
type Wish = (typeof WISHES)[number];

interface FactorProps {
  readonly factor: SecondFactor | null;
  readonly onSetup: (setup: Setup) => void;
  readonly onCodes: (codes: readonly string[]) => void;
  readonly onRemoved: () => void;
}

function Factor({ factor, onSetup, onCodes, onRemoved }: FactorProps) {
  const { settings: words } = useWords().screens;
  const { moment } = useFormat();
  const client = useClient();
  const [wish, setWish] = useState<Wish>('codes');
  const isOn = factor !== null && factor.totpSince !== null;

  async function act(password: string, code: string): Promise<void> {
    const input = isOn ? { password, code } : { password };
    if (!isOn || wish === 'replace') {
      const { beginTotp } = await client.ask(BeginTotpDocument, { input });
      if (beginTotp?.totpSetup) {
        onSetup(beginTotp.totpSetup);
      }
    } else if (wish === 'codes') {
      const { makeRecoveryCodes } = await client.ask(MakeRecoveryCodesDocument, { input });
      onCodes(texts(makeRecoveryCodes?.recoveryCodes));
    } else {
      await client.ask(RemoveTotpDocument, { input });
      onRemoved();
    }
  }

  return (
    <>
      <p>{words.factorText}</p>
      {isOn && (
        <>
          <p>{words.factorSince(moment(factor.totpSince ?? ''))}</p>
          <p>{words.recoveryCodesLeft(factor.recoveryCodesLeft)}</p>
        </>
      )}
      <Proof submit={isOn ? words.factorContinue : words.factorBegin} asksForCode={isOn} act={act}>
        {isOn && (
          <Choice
            label={words.factorWish}
            value={wish}
            options={WISHES.map((each) => [each, words.factorWishes[each]] as const)}
            onChange={setWish}
          />
        )}
      </Proof>
    </>
  );
}

interface ProofProps {
  readonly submit: string;
  readonly asksForCode: boolean;
  readonly act: (password: string, code: string) => Promise<void>;
  readonly children?: ReactNode;
}

/** Asks once more who somebody is. */
function Proof({ submit, asksForCode, act, children }: ProofProps) {
  const { settings: words } = useWords().screens;
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const proving = useDoing(async () => {
    await act(password, code);
    setPassword('');
    setCode('');
  });
  return (
    <Form done={proving} submit={submit} onSubmit={proving.run}>
      {children}
      <TextField
        label={words.currentPassword}
        required
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
      />
      {asksForCode && (
        <TextField
          label={words.factorCode}
          hint={words.factorCodeHint}
          required
          dir="ltr"
          autoComplete="one-time-code"
          autoCapitalize="none"
          value={code}
          onChange={setCode}
        />
      )}
    </Form>
  );
}

interface ConfirmProps {
  readonly setup: Setup;
  readonly onDone: (codes: readonly string[]) => void;
}

function Confirm({ setup, onDone }: ConfirmProps) {
  const { settings: words } = useWords().screens;
  const client = useClient();
  const [code, setCode] = useState('');
  const confirming = useDoing(async () => {
    const { confirmTotp } = await client.ask(ConfirmTotpDocument, { input: { code } });
    onDone(texts(confirmTotp?.recoveryCodes));
  });
  const isAboutCode =
    confirming.error instanceof TrumpetError && confirming.error.code === 'WRONG_CREDENTIALS';
  return (
    <>
      <p>{words.factorScan}</p>
      <QrCode text={setup.address} label={words.factorQr} />
      <p>
        <a href={setup.address}>{words.factorOpen}</a>
      </p>
      <p>
        {words.factorType} <code dir="ltr">{setup.secret.replace(/(.{4})(?=.)/g, '$1 ')}</code>
      </p>
      <Form
        done={confirming}
        submit={words.factorConfirm}
        isToldAtField={isAboutCode}
        onSubmit={confirming.run}
      >
        <TextField
          label={words.factorSixDigits}
          error={isAboutCode ? confirming.error : undefined}
          required
          dir="ltr"
          inputMode="numeric"
          autoComplete="one-time-code"
          value={code}
          onChange={setCode}
        />
      </Form>
    </>
  );
}

interface RecoveryCodesProps {
  readonly codes: readonly string[];
  readonly onDone: () => void;
}

function RecoveryCodes({ codes, onDone }: RecoveryCodesProps) {
  const { settings: words } = useWords().screens;
  return (
    <section aria-label={words.recoveryCodes}>
      <h2>{words.recoveryCodes}</h2>
      <p>{words.recoveryCodesText}</p>
      <ul className="trumpet-screen-codes" dir="ltr">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="trumpet-screen-buttons">
        <button type="button" onClick={() => navigator.clipboard.writeText(codes.join('\n'))}>
          {words.copyCodes}
        </button>
        <button type="button" className="trumpet-screen-button-main" onClick={onDone}>
          {words.codesKept}
        </button>
      </div>
    </section>
  );
}

const texts = (codes: readonly (string | null)[] | null | undefined): readonly string[] =>
  (codes ?? []).filter((code) => code !== null);
