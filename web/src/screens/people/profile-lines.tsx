import { Link } from 'wouter';
import type { ProfileQuery } from '../../generated.ts';
import { useFormat } from '../parts/format.ts';

type Line = NonNullable<ProfileQuery['userByUsername']>['profile'][number];

interface ProfileLinesProps {
  readonly lines: readonly Line[];
}

/** What a person says in the fields that the administrators have defined. */
export function ProfileLines({ lines }: ProfileLinesProps) {
  return (
    lines.length > 0 && (
      <dl className="trumpet-screen-profile-lines">
        {lines.map((line) => (
          <div key={line.key}>
            <dt dir="auto">{line.label}</dt>
            <dd dir="auto">
              <Said line={line} />
            </dd>
          </div>
        ))}
      </dl>
    )
  );
}

function Said({ line: { kind, value, person } }: { readonly line: Line }) {
  const { day } = useFormat();
  if (person !== null) {
    return (
      <Link href={`/people/${encodeURIComponent(person.username)}`}>
        <bdi>{person.displayName}</bdi>
      </Link>
    );
  }
  switch (kind) {
    case 'URL':
      return (
        <a href={value ?? ''} target="_blank" rel="noopener noreferrer nofollow" dir="ltr">
          {value}
        </a>
      );
    case 'DATE':
      // A day is the same everywhere.
      return day(`${value}T00:00`);
    default:
      return value;
  }
}
