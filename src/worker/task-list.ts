import type { TaskList } from 'graphile-worker';
import type { Pool } from 'pg';
import { createInspector } from '../attachments/inspector.ts';
import { openStorage } from '../attachments/open-storage.ts';
import { createTemporaryFolder } from '../attachments/temporary-folder.ts';
import { createVirusScanner } from '../attachments/virus-scanner.ts';
import { auditKey } from '../audit/checkpoint.ts';
import type { AttachmentSettings } from '../config/attachments.ts';
import type { LinkSettings } from '../config/links.ts';
import type { AskFirst } from '../database/unasked.ts';
import { createThumbnailMaker, type MakeThumbnail } from '../links/thumbnail.ts';
import type { Push } from '../push/create-push.ts';
import type { Mailer } from '../push/mailer.ts';
import { sqlTasks } from './crontab.ts';
import { makeApplyRetention } from './tasks/apply_retention.ts';
import { applyRoomType } from './tasks/apply_room_type.ts';
import { makeArchiveMonths } from './tasks/archive_months.ts';
import { makeClaimEmail } from './tasks/claim_email.ts';
import { makeClearPushes } from './tasks/clear_pushes.ts';
import { makeCopyAttachment } from './tasks/copy_attachment.ts';
import { deleteWorkspace } from './tasks/delete_workspace.ts';
import { endStatusText } from './tasks/end_status_text.ts';
import { eraseUser } from './tasks/erase_user.ts';
import { makeExportData } from './tasks/export_data.ts';
import { makeExportForCompliance } from './tasks/export_for_compliance.ts';
import { makeFetchLink } from './tasks/fetch_link.ts';
import { forgetNonces } from './tasks/forget_nonces.ts';
import { indexRoom } from './tasks/index_room.ts';
import { notifyRoom } from './tasks/notify_room.ts';
import { makeProcessAttachment } from './tasks/process_attachment.ts';
import { makePushReminder } from './tasks/push_reminder.ts';
import { readLinks } from './tasks/read_links.ts';
import { makeRemind } from './tasks/remind.ts';
import { makeRemoveUploads } from './tasks/remove_uploads.ts';
import { restoreMonth } from './tasks/restore_month.ts';
import { rollUpStatistics } from './tasks/roll_up_statistics.ts';
import { makeSendAccountMail } from './tasks/send_account_mail.ts';
import { makeSendDigest } from './tasks/send_digest.ts';
import { makeSendPush } from './tasks/send_push.ts';
import { makeSendScheduled } from './tasks/send_scheduled.ts';
import { makeSendWebhookMail } from './tasks/send_webhook_mail.ts';
import { makeSignAuditLog } from './tasks/sign_audit_log.ts';
import { makeTrimChangeLog } from './tasks/trim_change_log.ts';

/** The tasks that every worker has, mails or not. */
export function commonTasks(
  pool: Pool,
  mailer?: Mailer,
  publicUrl?: string,
  secret?: string,
): TaskList {
  return {
    ...sqlTasks,
    index_room: indexRoom,
    erase_user: eraseUser,
    apply_room_type: applyRoomType,
    end_status_text: endStatusText,
    delete_workspace: deleteWorkspace,
    forget_nonces: forgetNonces,
    restore_month: restoreMonth,
    roll_up_statistics: rollUpStatistics,
    sign_audit_log: makeSignAuditLog(pool, secret === undefined ? undefined : auditKey(secret)),
    apply_retention: makeApplyRetention(pool),
    archive_months: makeArchiveMonths(pool),
    claim_email: makeClaimEmail(pool, mailer),
    send_account_mail: makeSendAccountMail(pool, mailer, publicUrl),
    send_webhook_mail: makeSendWebhookMail(pool, mailer),
    export_data: makeExportData(pool),
    export_for_compliance: makeExportForCompliance(pool),
    trim_change_log: makeTrimChangeLog(pool),
  };
}

/** The tasks whose time somebody has set. */
export function laterTasks(pool: Pool, askFirst: AskFirst, isPushed: boolean): TaskList {
  return { send_scheduled: makeSendScheduled(pool, askFirst), remind: makeRemind(pool, isPushed) };
}

/** The tasks that notify people. */
export function pushTasks(pool: Pool, push: Push): TaskList {
  return {
    notify_room: notifyRoom,
    send_push: makeSendPush(pool, push),
    push_reminder: makePushReminder(pool, push),
    clear_pushes: makeClearPushes(pool, push),
    ...(push.email && { send_digest: makeSendDigest(pool, push.email) }),
  };
}

/** The tasks that find links. */
export function linkTasks(): TaskList {
  return { read_links: readLinks };
}

/** The tasks that wait for sites of others. */
export function fetchTasks(
  settings: LinkSettings,
  makeThumbnail: MakeThumbnail | undefined,
): TaskList {
  return { fetch_link: makeFetchLink(settings, makeThumbnail) };
}

export interface AttachmentTasks {
  readonly tasks: TaskList;
  /** For previews of links. */
  readonly makeThumbnail: MakeThumbnail;
  close(): Promise<void>;
}

/** The tasks about files, and what they need until the worker stops. */
export async function openAttachmentTasks(settings: AttachmentSettings): Promise<AttachmentTasks> {
  const storage = await openStorage(settings);
  const inspector = createInspector();
  const linkInspector = createInspector();
  const temporary = await createTemporaryFolder();
  const scanForViruses = settings.clamd && createVirusScanner(settings.clamd);
  return {
    tasks: {
      process_attachment: makeProcessAttachment({ storage, inspector, temporary, scanForViruses }),
      copy_attachment: makeCopyAttachment(storage),
      remove_uploads: makeRemoveUploads(storage),
    },
    makeThumbnail: createThumbnailMaker({ storage, inspector: linkInspector, temporary }),
    async close() {
      await Promise.all([inspector.close(), linkInspector.close()]);
      await temporary.close();
      storage.close();
    },
  };
}
