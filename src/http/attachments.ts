import { Router } from 'express';
import type { Pool } from 'pg';
import { createInspector } from '../attachments/inspector.ts';
import { openStorage } from '../attachments/open-storage.ts';
import { createReceiver } from '../attachments/receiver.ts';
import { createAddressSigner } from '../attachments/signed-url.ts';
import { createUploadLocker } from '../attachments/upload-locker.ts';
import type { AttachmentSettings } from '../config/attachments.ts';
import type { Authenticator } from '../identity/authenticator.ts';
import type { ServerKeys } from '../identity/server-keys.ts';
import { createDownload } from './attachment-downloads.ts';
import { createUploads } from './attachment-uploads.ts';
import { createAvatars } from './avatars.ts';
import { cors } from './cors.ts';
import { createCustomEmoji } from './custom-emoji.ts';
import { createLinkThumbnails } from './link-thumbnails.ts';
import type { IsOriginAllowed } from './origins.ts';
import { createUploadFinder } from './stored-upload.ts';

export interface AttachmentsOptions {
  readonly settings: AttachmentSettings;
  /** Connections of the unprivileged login. */
  readonly pool: Pool;
  /** The same login, for a connection that is kept. */
  readonly authDatabaseUrl: string;
  readonly authenticator: Authenticator;
  readonly serverKeys: ServerKeys;
  /** The addresses of downloads are signed with a key derived from it. */
  readonly jwtSecret: string;
  readonly isOriginAllowed: IsOriginAllowed;
}

export interface Attachments {
  readonly router: Router;
  /** `/avatars`: the pictures of people, for whoever has the address. */
  readonly avatars: Router;
  /** `/link-thumbnails`: the pictures of link previews, for whoever has the address. */
  readonly linkThumbnails: Router;
  /** `/custom-emoji`: the pictures of custom emoji, for whoever has the address. */
  readonly customEmoji: Router;
  close(): Promise<void>;
}

/**
 * `/attachments`: uploads by tus 1.0 for whoever is signed in, and downloads for whoever holds a signed address. To be
 * mounted before `cors`, because tus has methods and headers of its own that pages have to be allowed.
 */
export async function createAttachments(options: AttachmentsOptions): Promise<Attachments> {
  const { settings, pool, authenticator, serverKeys, isOriginAllowed } = options;
  const storage = await openStorage(settings);
  const inspector = createInspector();
  const locker = createUploadLocker(options.authDatabaseUrl);
  const signer = createAddressSigner(options.jwtSecret);
  const receiver = createReceiver({ pool, storage, inspector, locker, settings });
  const findUpload = createUploadFinder(pool);
  const router = Router();
  router.use(
    createUploads({ authenticator, serverKeys, receiver, storage, findUpload, isOriginAllowed }),
  );
  router.get('/:id/:part', cors(isOriginAllowed), createDownload({ storage, signer, findUpload }));
  return {
    router,
    avatars: createAvatars({ pool, storage, isOriginAllowed }),
    linkThumbnails: createLinkThumbnails({ pool, storage, isOriginAllowed }),
    customEmoji: createCustomEmoji({ pool, storage, isOriginAllowed }),
    async close() {
      await Promise.all([inspector.close(), locker.close()]);
      storage.close();
    },
  };
}
