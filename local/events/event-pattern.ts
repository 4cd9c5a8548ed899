import { isRecord, type JsonRecord } from '../json.ts';
import { bothMemberships, type EventField, eventFields, joined, type Membership } from './event-fields.ts';
import { compileValueMatcher, type ValueMatcher } from './value-matcher.ts';

/** Reports whether an event or a stream record matches a pattern. */
export type EventMatcher = (event: unknown) => boolean;

/** By path, the alternatives of a field, one of which must match. */
type Conditions = ReadonlyMap<string, readonly ValueMatcher[]>;

/** Where in a pattern a node is. */
interface Place {
  /** For the text of an error. */
  readonly where: string;
  /** As `eventFields` has it. */
  readonly path: string | undefined;
  readonly insideOr: boolean;
}

/** Of the branches of `$or`. */
const maxCombinations = 1000;

/** Operators, and names that Event Ruler has kept for later ones: its `Constants.java`. */
const reservedInsideOr = new Set([
  ...[
    'exactly',
    'equals-ignore-case',
    'prefix',
    'suffix',
    'anything-but',
    'exists',
    'wildcard',
    'numeric',
    'cidr',
  ],
  ...['=', '<', '<=', '>', '>=', 'regex', 'not-wildcard', 'not-equals-ignore-case'],
  ...['date-after', 'date-on-or-after', 'date-before', 'date-on-or-before', 'in-date-range'],
  ...['ip-address-in-range', 'ip-address-not-in-range'],
]);

/**
 * Compiles an EventBridge event pattern or a Lambda event filter; both use the same language. Throws an error
 * that names the location of anything unsupported. The verdicts are those of Event Ruler, the library of EventBridge: fields
 * in the same array must be in the same element of it, and `a.b` is the member b of a.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 * https://github.com/aws/event-ruler
 */
export function compileEventPattern(pattern: unknown, where: string): EventMatcher {
  if (!isRecord(pattern) || Object.keys(pattern).length === 0) {
    throw new Error(`${where}: a pattern must be an object with at least one member`);
  }
  const combinations = addObject([new Map()], pattern, { where, path: undefined, insideOr: false });
  return (event) => {
    const fields = eventFields(event);
    return combinations.some((conditions) => fulfils(fields, conditions));
  };
}

/** Adds the conditions of an object to each combination; a later condition on a field replaces an earlier one. */
function addObject(given: readonly Conditions[], pattern: JsonRecord, place: Place): readonly Conditions[] {
  if (Object.keys(pattern).length === 0) throw new Error(`${place.where}: must have members`);
  return Object.entries(pattern).reduce((combinations, [name, node]) => {
    const where = `${place.where}.${name}`;
    if (name === '$or') return addOr(combinations, node, { ...place, where, insideOr: true });
    if (place.insideOr && reservedInsideOr.has(name))
      throw new Error(`${where}: the name of an operator cannot be a field inside $or`);
    return addNode(combinations, node, { ...place, where, path: joined(place.path, name) });
  }, given);
}

function addNode(given: readonly Conditions[], node: unknown, place: Place): readonly Conditions[] {
  if (isRecord(node)) return addObject(given, node, place);
  if (!Array.isArray(node) || node.length === 0)
    throw new Error(
      `${place.where}: a field of a pattern must be an array with elements or an object with members`,
    );
  const alternatives = node.map((alternative: unknown) => compileValueMatcher(alternative, place.where));
  return given.map((conditions) => new Map([...conditions, [place.path ?? '', alternatives]]));
}

function addOr(given: readonly Conditions[], node: unknown, place: Place): readonly Conditions[] {
  if (!Array.isArray(node) || node.length < 2) {
    throw new Error(`${place.where}: must be an array of at least two patterns`);
  }
  const combinations = node.flatMap((branch: unknown, index) => {
    const where = `${place.where}[${index}]`;
    if (!isRecord(branch)) throw new Error(`${where}: must be an object`);
    return addObject(given, branch, { ...place, where });
  });
  if (combinations.length > maxCombinations)
    throw new Error(`${place.where}: $or must have at most ${maxCombinations} combinations`);
  return combinations;
}

/** Looks for fields that match and are together in the elements of arrays, in the order of their paths. */
function fulfils(fields: ReadonlyMap<string, readonly EventField[]>, conditions: Conditions): boolean {
  const paths = [...conditions.keys()].sort();
  let memberships: readonly Membership[] = [new Map()];
  for (const [index, path] of paths.entries()) {
    const there = fields.get(path) ?? [];
    const alternatives = conditions.get(path) ?? [];
    const next = memberships.flatMap((membership) => afterField({ there, alternatives, membership }));
    const later = paths.slice(index + 1).flatMap((name) => fields.get(name) ?? []);
    memberships = withoutDuplicates(next, new Set(later.flatMap((field) => [...field.membership.keys()])));
  }
  return memberships.length > 0;
}

interface Step {
  readonly there: readonly EventField[];
  readonly alternatives: readonly ValueMatcher[];
  readonly membership: Membership;
}

function afterField({ there, alternatives, membership }: Step): readonly Membership[] {
  const reachable = there.flatMap((field) => {
    const both = bothMemberships(membership, field.membership);
    return both === undefined ? [] : [{ value: field.value, both }];
  });
  if (reachable.length === 0) return alternatives.some(({ absent }) => absent) ? [membership] : [];
  return reachable
    .filter(({ value }) => alternatives.some(({ test }) => test(value)))
    .map(({ both }) => both);
}

/** Forgets arrays without a later field, so that the number of memberships stays small. */
function withoutDuplicates(
  memberships: readonly Membership[],
  arrays: ReadonlySet<number>,
): readonly Membership[] {
  const kept = memberships.map((one) =>
    [...one].filter(([array]) => arrays.has(array)).sort(([a], [b]) => a - b),
  );
  return [...new Map(kept.map((one) => [String(one), new Map(one)])).values()];
}
