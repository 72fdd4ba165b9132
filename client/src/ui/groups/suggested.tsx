import type { Client } from '../../client.ts';
import type { Suggestion } from '../composer/suggestions.tsx';
import { GroupMentionPreviewDocument, SuggestedGroupsDocument } from './generated.ts';
import { groupWords } from './words.ts';

const FEW = 4;

/** The names for many that begin so, where the person may use them. */
export async function suggestGroups(
  client: Client,
  roomId: string,
  start: string,
  language: string,
): Promise<readonly Suggestion[]> {
  const words = groupWords(language);
  const { groupMentionPreview } = await client.ask(GroupMentionPreviewDocument, {
    roomId,
    content: '@room @here',
  });
  if (!groupMentionPreview?.some(({ isAllowed }) => isAllowed)) {
    return [];
  }
  const { userGroups } = await client.ask(SuggestedGroupsDocument, {
    startsWith: start,
    first: FEW,
  });
  return [
    { name: 'room', title: words.room },
    { name: 'here', title: words.here },
    ...(userGroups?.nodes ?? []),
  ]
    .filter(({ name }) => name.startsWith(start.toLowerCase()))
    .map(({ name, title }) => ({
      id: `@${name}`,
      text: `@${name} `,
      face: <span className="trumpet-suggestion-emoji">@</span>,
      label: title,
      detail: `@${name}`,
    }));
}
