import type { ReactNode } from 'react';
import type { ShownRoom } from '../../shown.ts';
import { may } from '../permissions.ts';
import { useWords } from '../provider.tsx';

interface WhoWritesProps {
  readonly room: ShownRoom;
  readonly isAnswer: boolean;
}

type Role = 'MODERATOR' | 'ADMIN' | 'OWNER';

interface WhoWritesWords {
  readonly write: Readonly<Record<Role, string>>;
  readonly answer: Readonly<Record<Role, string>>;
  /** Where it is denied to this person alone. */
  readonly denied: string;
  /** Behind who writes, where the others answer. */
  readonly inThreads: string;
}

const WORDS: Readonly<Record<string, WhoWritesWords>> = {
  en: {
    write: {
      MODERATOR: 'Announcements: only moderators and above write here.',
      ADMIN: 'Announcements: only admins and the owner write here.',
      OWNER: 'Announcements: only the owner writes here.',
    },
    answer: {
      MODERATOR: 'Only moderators and above answer here.',
      ADMIN: 'Only admins and the owner answer here.',
      OWNER: 'Only the owner answers here.',
    },
    denied: 'You cannot write here.',
    inThreads: 'You can answer in threads.',
  },
  de: {
    write: {
      MODERATOR: 'Ankündigungen: Hier schreiben nur Moderatoren und höhere Rollen.',
      ADMIN: 'Ankündigungen: Hier schreiben nur Admins und wem der Raum gehört.',
      OWNER: 'Ankündigungen: Hier schreibt nur, wem der Raum gehört.',
    },
    answer: {
      MODERATOR: 'Hier antworten nur Moderatoren und höhere Rollen.',
      ADMIN: 'Hier antworten nur Admins und wem der Raum gehört.',
      OWNER: 'Hier antwortet nur, wem der Raum gehört.',
    },
    denied: 'Du kannst hier nicht schreiben.',
    inThreads: 'Du kannst in Threads antworten.',
  },
  ar: {
    write: {
      MODERATOR: 'إعلانات: لا يكتب هنا إلا المشرفون ومن فوقهم.',
      ADMIN: 'إعلانات: لا يكتب هنا إلا المديرون والمالك.',
      OWNER: 'إعلانات: لا يكتب هنا إلا المالك.',
    },
    answer: {
      MODERATOR: 'لا يجيب هنا إلا المشرفون ومن فوقهم.',
      ADMIN: 'لا يجيب هنا إلا المديرون والمالك.',
      OWNER: 'لا يجيب هنا إلا المالك.',
    },
    denied: 'لا يمكنك الكتابة هنا.',
    inThreads: 'يمكنك الرد في سلاسل المحادثة.',
  },
  ja: {
    write: {
      MODERATOR: 'お知らせ用：書き込めるのはモデレーター以上だけです。',
      ADMIN: 'お知らせ用：書き込めるのは管理者とオーナーだけです。',
      OWNER: 'お知らせ用：書き込めるのはオーナーだけです。',
    },
    answer: {
      MODERATOR: '返信できるのはモデレーター以上だけです。',
      ADMIN: '返信できるのは管理者とオーナーだけです。',
      OWNER: '返信できるのはオーナーだけです。',
    },
    denied: 'ここには書き込めません。',
    inThreads: 'スレッドで返信できます。',
  },
};

/** In the place of the composer: who writes where this person does not. */
export default function WhoWrites({ room, isAnswer }: WhoWritesProps): ReactNode {
  const words = useWords();
  if (room.isArchived) {
    return words.archived;
  }
  const said = (WORDS[words.language.split('-', 1)[0] as string] ?? WORDS.en) as WhoWritesWords;
  const role = isAnswer ? room.replyRole : room.writingRole;
  if (room.isLocked && !may(room, 'WRITE_WHEN_LOCKED')) {
    return words.locked;
  }
  const denied = room.membership.deniedPermissions;
  if (role === 'MEMBER' || denied?.includes(isAnswer ? 'REPLY_IN_THREADS' : 'SEND_MESSAGES')) {
    return said.denied;
  }
  if (isAnswer) {
    return said.answer[role];
  }
  return room.replyRole === 'MEMBER' ? `${said.write[role]} ${said.inThreads}` : said.write[role];
}
