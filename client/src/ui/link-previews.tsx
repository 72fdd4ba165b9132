import type { ReactNode } from 'react';
import type { LinkPreview } from '../replica/model.ts';

export interface LinkPreviewsProps {
  readonly previews: readonly LinkPreview[];
}

/** What the links of a message lead to. The host is always shown: what a site says of itself may be a lie. */
export function LinkPreviews({ previews }: LinkPreviewsProps): ReactNode {
  return previews.map(({ id, url, title, description, siteName, thumbnailUrl, width, height }) => (
    <a
      key={id}
      className="trumpet-link-preview"
      href={url}
      target="_blank"
      rel="noopener noreferrer nofollow ugc"
    >
      <span className="trumpet-link-site">
        {siteName !== null && <bdi>{siteName}</bdi>}
        <bdi dir="ltr">{new URL(url).host}</bdi>
      </span>
      <strong dir="auto">{title}</strong>
      {description !== null && (
        <span className="trumpet-link-description" dir="auto">
          {description}
        </span>
      )}
      {typeof thumbnailUrl === 'string' && (
        <img
          src={thumbnailUrl}
          alt=""
          width={width ?? undefined}
          height={height ?? undefined}
          loading="lazy"
          decoding="async"
        />
      )}
    </a>
  ));
}
