import { Kind, type SelectionSetNode } from 'grafast/graphql';
import { TrumpetError } from '../src/errors/codes.ts';
import type { Fragments } from './document-parts.ts';

/** The lists of introspection that lead to types again: one inside itself would multiply the whole schema. */
const INTROSPECTION_LISTS = new Set(['fields', 'inputFields', 'interfaces', 'possibleTypes']);

/** How deep a part of an introspection goes, and through which lists. */
interface Introspection {
  readonly depth: number;
  readonly lists: ReadonlySet<string>;
}

/** Measures parts of introspections. Each fragment is measured once. */
export function createIntrospectionRuler(
  fragments: Fragments,
): (selectionSet: SelectionSetNode | undefined) => Introspection {
  const introspectedFragments = new Map<string, Introspection>();

  return measureIntrospection;

  /**
   * Introspection reads memory, not tables, so it has no cost of its own; but the lists that lead from type to type
   * must not stand inside themselves, or a short query would print the schema many times over.
   */
  function measureIntrospection(selectionSet: SelectionSetNode | undefined): Introspection {
    let depth = 0;
    const lists = new Set<string>();
    for (const selection of selectionSet?.selections ?? []) {
      const below =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? measureIntrospectionFragment(selection.name.value)
          : measureIntrospection(selection.selectionSet);
      for (const list of below.lists) {
        lists.add(list);
      }
      depth = Math.max(depth, below.depth + (selection.kind === Kind.FIELD ? 1 : 0));
      if (selection.kind === Kind.FIELD && INTROSPECTION_LISTS.has(selection.name.value)) {
        if (below.lists.has(selection.name.value)) {
          throw new TrumpetError(
            'QUERY_TOO_COMPLEX',
            'This introspection query repeats the schema.',
          );
        }
        lists.add(selection.name.value);
      }
    }
    return { depth, lists };
  }

  function measureIntrospectionFragment(name: string): Introspection {
    const known = introspectedFragments.get(name);
    if (known !== undefined) {
      return known;
    }
    introspectedFragments.set(name, { depth: 0, lists: new Set() });
    const size = measureIntrospection(fragments.get(name)?.selectionSet);
    introspectedFragments.set(name, size);
    return size;
  }
}
