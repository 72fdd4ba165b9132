import type { PgResource } from 'postgraphile/@dataplan/pg';

interface Tagged {
  readonly extensions?: { readonly tags?: Readonly<Record<string, unknown>> };
}

/** Whether a thing from the database (a column, a function, a relation) carries a smart tag. */
export function hasSmartTag(thing: unknown, tag: string): boolean {
  return (thing as Tagged | undefined)?.extensions?.tags?.[tag] !== undefined;
}

/**
 * `Type.field` of every computed field whose function carries a smart tag. PostGraphile tells the hooks
 * of a field which function it comes from only when the function returns a list.
 */
function computedFieldsWithTag(build: GraphileBuild.Build, tag: string): ReadonlySet<string> {
  const names = Object.values(build.pgResources).flatMap((resource) =>
    hasSmartTag(resource, tag)
      ? namesOfComputedField(build, resource as unknown as PgResource)
      : [],
  );
  return new Set(names);
}

/** A smart tag, as hooks of a field ask for it. */
export interface FieldTag {
  /** Finds the computed fields that carry it: in the `init` hook, when all resources are known and there is no field yet. */
  find(build: GraphileBuild.Build): void;
  /** Whether a field comes from a computed column or a function that carries it. */
  isOn(build: GraphileBuild.Build, typeName: string, scope: FieldScope): boolean;
}

type FieldScope = Pick<GraphileBuild.ScopeObjectFieldsField, 'fieldName' | 'pgFieldResource'>;

export function makeFieldTag(tag: string): FieldTag {
  const found = new WeakMap<object, ReadonlySet<string>>();
  return {
    find(build) {
      found.set(build, computedFieldsWithTag(build, tag));
    },
    isOn(build, typeName, { fieldName, pgFieldResource }) {
      return (
        hasSmartTag(pgFieldResource, tag) ||
        found.get(build)?.has(`${typeName}.${fieldName}`) === true
      );
    },
  };
}

/** Under which names a function whose first argument is a row may appear as a field of that row's type. */
export function namesOfComputedField(
  { inflection }: GraphileBuild.Build,
  resource: PgResource,
): string[] {
  const codec = resource.parameters?.[0]?.codec;
  if (!codec?.attributes) {
    return [];
  }
  const details = { resource } as unknown as Parameters<
    typeof inflection.computedAttributeField
  >[0];
  return [
    inflection.computedAttributeField(details),
    inflection.computedAttributeListField(details),
    inflection.computedAttributeConnectionField(details),
  ].map((fieldName) => `${inflection.tableType(codec)}.${fieldName}`);
}
