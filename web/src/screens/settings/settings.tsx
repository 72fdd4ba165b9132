import type { ComponentType } from 'react';
import { useParams } from 'wouter';
import { SettingsOfSomeDocument } from '../../generated.ts';
import { useWords } from '../../words/words.tsx';
import { useAsked } from '../parts/asked.ts';
import { ScreenFrame } from '../parts/screen-frame.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { Appearance } from './appearance.tsx';
import { Audit } from './audit.tsx';
import { Blocked } from './blocked.tsx';
import { EmailAddress } from './email-address.tsx';
import { CustomEmoji } from './emoji.tsx';
import { Groups } from './groups.tsx';
import { NotificationSettings } from './notification-settings.tsx';
import { Passkeys } from './passkeys.tsx';
import { Password } from './password.tsx';
import { PrivacySettings } from './privacy-settings.tsx';
import { ProfileSettings } from './profile-settings.tsx';
import { Reminders } from './reminders.tsx';
import { Roles } from './roles.tsx';
import { RoomTypes } from './room-types.tsx';
import { SavedMessages } from './saved.tsx';
import { ScheduledMessages } from './scheduled.tsx';
import { SecondFactorSettings } from './second-factor.tsx';
import { Sessions } from './sessions.tsx';
import { YourData } from './your-data.tsx';

const SECTIONS = {
  profile: ProfileSettings,
  privacy: PrivacySettings,
  notifications: NotificationSettings,
  savedMessages: SavedMessages,
  reminders: Reminders,
  scheduled: ScheduledMessages,
  appearance: Appearance,
  email: EmailAddress,
  password: Password,
  passkeys: Passkeys,
  factor: SecondFactorSettings,
  sessions: Sessions,
  blocked: Blocked,
  groups: Groups,
  roles: Roles,
  roomTypes: RoomTypes,
  emoji: CustomEmoji,
  data: YourData,
  audit: Audit,
} as const satisfies Record<string, ComponentType>;

type Section = keyof typeof SECTIONS;

/** What a person sets for themselves. */
export default function Settings() {
  const { settings: words } = useWords().screens;
  const { section = '' } = useParams();
  const shown = Object.hasOwn(SECTIONS, section) ? (section as Section) : 'profile';
  const Shown = SECTIONS[shown];
  const { isAuditor, workspacePermissions } = useAsked(SettingsOfSomeDocument, {}).value ?? {};
  const ofSome: Partial<Record<Section, boolean>> = {
    audit: isAuditor === true,
    roomTypes: workspacePermissions?.includes('MANAGE_ROOM_TYPES') === true,
  };
  const tabs = (Object.keys(SECTIONS) as Section[]).filter(
    (each) => ofSome[each] !== false || each === shown,
  );
  return (
    <ScreenFrame title={words.title}>
      <Tabs
        label={words.sections}
        tabs={tabs.map((each) => ({
          name: words[each],
          address: `/settings/${each}`,
          isCurrent: each === shown,
        }))}
      />
      <Shown />
    </ScreenFrame>
  );
}
