import { useLocation } from 'wouter';
import { useView } from '../trumpet.tsx';
import { useWords } from '../words/words.tsx';
import { useSignInOptions } from './options.ts';
import { refusedElsewhere } from './returned.ts';

/** Those with whom people may sign in: links, since the browser goes there and comes back. */
export function WithProvider() {
  const words = useWords().signIn;
  const { providers, signedInWith } = useSignInOptions();
  const refused = useView(refusedElsewhere);
  const [path] = useLocation();
  const from = new URLSearchParams({ from: path + location.search });
  if (providers.length === 0) {
    return null;
  }
  return (
    <section className="trumpet-sign-in-providers" aria-label={words.withProvider}>
      {providers.map(({ name, label }) => (
        <a key={name} className="trumpet-page-button" href={`/session/with/${name}?${from}`}>
          {words.signInWith(label)}
        </a>
      ))}
      {refused !== '' && (
        <p className="trumpet-sign-in-problem" role="alert">
          {words.refusedElsewhere[refused as keyof typeof words.refusedElsewhere] ??
            words.refusedElsewhere.UNAUTHENTICATED}
        </p>
      )}
      {signedInWith !== null && (
        <p>
          {words.stillSignedIn(signedInWith.label)}{' '}
          <a href={`/session/with/${signedInWith.name}/sign-out`}>{words.signOutThere}</a>
        </p>
      )}
    </section>
  );
}
