/** Whether this browser takes what the server says of passkeys as it is. */
export const usesPasskeys =
  typeof PublicKeyCredential === 'function' &&
  'parseCreationOptionsFromJSON' in PublicKeyCredential &&
  'parseRequestOptionsFromJSON' in PublicKeyCredential;

/** The person, or the browser for them, has made or chosen none. */
export class NoPasskeyError extends Error {
  override name = 'NoPasskeyError';
}

/**
 * Has the browser make a passkey.
 *
 * @param options what `beginPasskey` gives
 * @returns what `finishPasskey` takes
 * @throws NoPasskeyError
 */
export async function makePasskey(options: unknown): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as PublicKeyCredentialCreationOptionsJSON,
  );
  return await written(() => navigator.credentials.create({ publicKey }));
}

/**
 * Has the browser answer by a passkey.
 *
 * @param options what `beginPasskeySignIn` gives
 * @returns what `signInWithPasskey` takes
 * @throws NoPasskeyError
 */
export async function answerByPasskey(options: unknown): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    options as PublicKeyCredentialRequestOptionsJSON,
  );
  return await written(() => navigator.credentials.get({ publicKey }));
}

async function written(ask: () => Promise<Credential | null>): Promise<unknown> {
  const credential = await ask().catch((cause: unknown) => {
    throw new NoPasskeyError('No passkey was made or used.', { cause });
  });
  if (!(credential instanceof PublicKeyCredential)) {
    throw new NoPasskeyError('No passkey was made or used.');
  }
  return credential.toJSON();
}
