import { StrictMode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { type Client, openClient } from '../client.ts';
import { useViewerId } from '../react/index.ts';
import { indexedDbStorage } from '../store/indexed-db.ts';
import { ar, Chat, ChatProvider, de, en, ja, SignIn, type Words } from '../ui/index.ts';
import styles from '../ui/styles.css';

const WORDS: Readonly<Record<string, Words>> = { ar, de, en, ja };

/** As high as what it stands in, or 36rem. */
const OWN_STYLES = ':host { block-size: 36rem; display: block; overflow: hidden; }';

/**
 * The chat for a page without React:
 *
 *     <trumpet-chat url="https://chat.example" language="de"></trumpet-chat>
 *
 * `url` is the server, `username` is filled in where somebody signs in, `room` is opened first, `language` is one of
 * `en`, `de`, `ar` and `ja`, `emoji-url` is where the files of `emojibase-data` are. A person who is chosen is told by
 * the event `trumpet-open-person`. Give a client of your own to the property `client` to sign in yourself.
 */
export class TrumpetChat extends HTMLElement {
  static readonly observedAttributes = ['url', 'username', 'room', 'language', 'emoji-url'];

  #root: Root | null = null;
  #given: Client | null = null;
  #own: { readonly url: string; readonly opening: Promise<Client> } | null = null;
  #closing: ReturnType<typeof setTimeout> | undefined;

  /** The client that it shows: the one that was given, or else its own, once it is open. */
  get client(): Client | null {
    return this.#given;
  }

  set client(client: Client | null) {
    this.#given = client;
    void this.#show();
  }

  connectedCallback(): void {
    clearTimeout(this.#closing);
    if (this.shadowRoot === null) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(styles + OWN_STYLES);
      this.attachShadow({ mode: 'open' }).adoptedStyleSheets = [sheet];
    }
    void this.#show();
  }

  /** Being moved in the page is leaving it and coming back. */
  disconnectedCallback(): void {
    this.#closing = setTimeout(() => {
      this.#root?.unmount();
      this.#root = null;
      void this.#own?.opening.then((client) => client.close());
      this.#own = null;
    });
  }

  attributeChangedCallback(): void {
    void this.#show();
  }

  async #show(): Promise<void> {
    if (!this.isConnected || this.shadowRoot === null) {
      return;
    }
    const client = this.#given ?? (await this.#openOwn());
    if (client === null || !this.isConnected) {
      return;
    }
    const language = this.getAttribute('language') ?? '';
    const words = (Object.hasOwn(WORDS, language) && WORDS[language]) || en;
    this.#root ??= createRoot(this.#page());
    const page = this.shadowRoot.firstElementChild as HTMLElement;
    page.lang = words.language;
    page.dir = words.direction;
    this.#root.render(
      <StrictMode>
        <ChatProvider
          client={client}
          words={words}
          emojiUrl={this.getAttribute('emoji-url') ?? undefined}
          onOpenPerson={this.#openPerson}
        >
          <Content
            username={this.getAttribute('username') ?? undefined}
            roomId={this.getAttribute('room') ?? undefined}
          />
        </ChatProvider>
      </StrictMode>,
    );
  }

  #page(): HTMLElement {
    const page = document.createElement('div');
    page.style.blockSize = '100%';
    this.shadowRoot?.append(page);
    return page;
  }

  #openOwn(): Promise<Client> | null {
    const url = this.getAttribute('url');
    if (url === null) {
      return null;
    }
    if (this.#own?.url !== url) {
      void this.#own?.opening.then((client) => client.close());
      this.#own = { url, opening: openClient({ url, storage: indexedDbStorage() }) };
    }
    return this.#own.opening;
  }

  readonly #openPerson = (userId: string) => {
    const told = { detail: { userId }, bubbles: true, composed: true };
    this.dispatchEvent(new CustomEvent('trumpet-open-person', told));
  };
}

interface ContentProps {
  readonly username: string | undefined;
  readonly roomId: string | undefined;
}

function Content({ username, roomId }: ContentProps) {
  return useViewerId() === null ? <SignIn username={username} /> : <Chat roomId={roomId} />;
}

if (customElements.get('trumpet-chat') === undefined) {
  customElements.define('trumpet-chat', TrumpetChat);
}
