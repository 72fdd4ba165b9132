import { useState } from 'react';
import { may } from 'trumpet-client/ui';
import { RemoveRoomRuleDocument, RoomRulesDocument, type RoomRulesQuery } from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Answered } from '../parts/answered.tsx';
import { useAsked } from '../parts/asked.ts';
import { ConfirmButton, Dialog } from '../parts/dialog.tsx';
import { useFormat } from '../parts/format.ts';
import type { ModerationProps } from './moderation-props.ts';
import { RuleForm } from './rule-form.tsx';

export type RoomRule = NonNullable<RoomRulesQuery['room']>['rules'][number];

/** What a room does not want, and what becomes of it. */
export function Rules({ room }: ModerationProps) {
  const { screens } = useWords();
  const { moderation: words } = screens;
  const client = useClient();
  const asked = useAsked(RoomRulesDocument, { roomId: room.id });
  const [edited, setEdited] = useState<RoomRule | 'new' | null>(null);
  const mayChange = may(room, 'MANAGE_RULES');
  return (
    <>
      {mayChange && (
        <button type="button" onClick={() => setEdited('new')}>
          {words.newRule}
        </button>
      )}
      <Answered asked={asked}>
        {(answer) => {
          const rules = answer.room?.rules ?? [];
          return rules.length === 0 ? (
            <p className="trumpet-screen-note">{words.noRules}</p>
          ) : (
            <ul className="trumpet-screen-list" aria-label={words.rules}>
              {rules.map((rule) => (
                <li key={rule.id} className="trumpet-screen-row">
                  <RuleText rule={rule} />
                  {mayChange && (
                    <div className="trumpet-screen-row-end">
                      <button type="button" onClick={() => setEdited(rule)}>
                        {screens.edit}
                      </button>
                      <ConfirmButton
                        label={screens.remove}
                        title={words.removeRuleTitle}
                        text={words.removeRuleText}
                        confirm={words.removeRule}
                        act={() =>
                          client.ask(RemoveRoomRuleDocument, { input: { ruleId: rule.id } })
                        }
                        onDone={asked.again}
                      />
                    </div>
                  )}
                </li>
              ))}
            </ul>
          );
        }}
      </Answered>
      {edited !== null && (
        <Dialog title={words.ruleTitle} onClose={() => setEdited(null)}>
          <RuleForm
            roomId={room.id}
            rule={edited === 'new' ? undefined : edited}
            onSet={() => {
              setEdited(null);
              asked.again();
            }}
          />
        </Dialog>
      )}
    </>
  );
}

function RuleText({ rule }: { readonly rule: RoomRule }) {
  const { moderation: words } = useWords().screens;
  const { duration } = useFormat();
  return (
    <div className="trumpet-screen-row-text">
      <p className="trumpet-screen-row-name">{words.kinds[rule.kind]}</p>
      <p className="trumpet-screen-row-about">
        <span className="trumpet-screen-badge">{words.actions[rule.action]}</span>
        {rule.words && <span>{words.ruleWords(rule.words.length)}</span>}
        {rule.kind === 'LINKS' && <span>{words.ruleHosts(rule.allowedHosts?.length ?? 0)}</span>}
        {rule.maxCount !== null && <span>{words.ruleCount(rule.maxCount)}</span>}
        {rule.windowSeconds !== null && <span>{duration(rule.windowSeconds)}</span>}
      </p>
    </div>
  );
}
