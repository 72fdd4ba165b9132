import { useState } from 'react';
import { ClaimGuestDocument } from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { useDoing } from '../parts/doing.ts';
import { Form, TextField } from '../parts/form.tsx';

interface ClaimGuestProps {
  readonly onDone: () => void;
}

/** Makes an account of who has come by a link; they stay who they are. */
export function ClaimGuest({ onDone }: ClaimGuestProps) {
  const { settings: words } = useWords().screens;
  const client = useClient();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [email, setEmail] = useState('');
  const claiming = useDoing(async () => {
    await client.ask(ClaimGuestDocument, {
      input: { username: username.trim(), password, ...(email !== '' && { email }) },
    });
    onDone();
  });
  return (
    <Form done={claiming} submit={words.claimGuest} onSubmit={claiming.run}>
      <p>{words.claimGuestText}</p>
      <TextField
        label={words.username}
        required
        dir="ltr"
        autoComplete="username"
        autoCapitalize="none"
        value={username}
        onChange={setUsername}
      />
      <TextField
        label={words.newPassword}
        hint={words.newPasswordHint}
        required
        minLength={8}
        type="password"
        autoComplete="new-password"
        value={password}
        onChange={setPassword}
      />
      <TextField
        label={words.guestEmail}
        type="email"
        autoComplete="email"
        value={email}
        onChange={setEmail}
      />
    </Form>
  );
}
