import type { ReactNode } from 'react';
import type { Argument, Command } from '../interactions/commands.ts';

interface UsageProps {
  readonly command: Command;
  /** The argument at the cursor. */
  readonly at: Argument | undefined;
}

/** What a command takes; of the argument at the cursor, what it is. */
export default function Usage({ command, at }: UsageProps): ReactNode {
  const described = at ?? command.arguments[0];
  return (
    <span className="trumpet-usage" dir="auto">
      <bdi>/{command.name}</bdi>
      {command.arguments.map((argument) => (
        <bdi key={argument.name} data-current={argument === described}>
          {argument.isRequired ? argument.name : `[${argument.name}]`}
        </bdi>
      ))}
      <bdi>– {described?.description ?? command.description}</bdi>
    </span>
  );
}
