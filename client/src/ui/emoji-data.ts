/** One of the list of `emojibase-data`. */
interface ListedEmoji {
  readonly emoji: string;
  readonly label: string;
  readonly tags?: readonly string[];
  readonly order?: number;
}

export interface FoundEmoji {
  readonly emoji: string;
  readonly label: string;
}

/** The languages of `emojibase-data` that the kit has words for; others read English. */
const LANGUAGES: ReadonlySet<string> = new Set(['de', 'en', 'ja']);

export function emojiLanguage(language: string): 'de' | 'en' | 'ja' {
  return (LANGUAGES.has(language) ? language : 'en') as 'de' | 'en' | 'ja';
}

const loaded = new Map<string, Promise<readonly ListedEmoji[]>>();

/** Fetches the list once; without a network there are no suggestions, and it is tried again. */
function load(emojiUrl: string, language: string): Promise<readonly ListedEmoji[]> {
  const address = `${emojiUrl.replace(/\/$/, '')}/${emojiLanguage(language)}/data.json`;
  const known = loaded.get(address) ?? fetchList(address);
  loaded.set(address, known);
  return known;
}

async function fetchList(address: string): Promise<readonly ListedEmoji[]> {
  try {
    const response = await fetch(address);
    if (response.ok) {
      return (await response.json()) as readonly ListedEmoji[];
    }
  } catch {
    // No network.
  }
  loaded.delete(address);
  return [];
}

/** Emoji whose names begin with this, then those that have a word that does. */
export async function findEmoji(
  emojiUrl: string,
  language: string,
  start: string,
  limit: number,
): Promise<readonly FoundEmoji[]> {
  const wanted = start.toLocaleLowerCase().replaceAll('_', ' ');
  const list = await load(emojiUrl, language);
  const rank = ({ label, tags = [] }: ListedEmoji): number => {
    if (label.toLocaleLowerCase().startsWith(wanted)) {
      return 0;
    }
    if (tags.some((tag) => tag.toLocaleLowerCase().startsWith(wanted))) {
      return 1;
    }
    return label.toLocaleLowerCase().includes(wanted) ? 2 : 3;
  };
  return list
    .filter(({ order }) => order !== undefined)
    .map((listed) => ({ listed, rank: rank(listed) }))
    .filter((found) => found.rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, limit)
    .map(({ listed: { emoji, label } }) => ({ emoji, label }));
}
