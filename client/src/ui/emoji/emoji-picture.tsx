import { type ReactNode, useState } from 'react';
import type { CustomEmoji } from './store.ts';

/** An emoji as a picture, which stands still for whoever wants nothing to move; its name where there is no picture. */
export function EmojiPicture({ emoji }: { readonly emoji: CustomEmoji }): ReactNode {
  const [failed, setFailed] = useState<string | null>(null);
  const { pictureUrl, stillPictureUrl } = emoji;
  const name = `:${emoji.name}:`;
  return pictureUrl === null || failed === pictureUrl ? (
    name
  ) : (
    <picture className="trumpet-custom-emoji" title={name}>
      <source media="(prefers-reduced-motion: reduce)" srcSet={stillPictureUrl ?? undefined} />
      <img
        src={pictureUrl}
        alt={name}
        loading="lazy"
        draggable={false}
        onError={() => setFailed(pictureUrl)}
      />
    </picture>
  );
}
