import type { JsonObject, JsonValue } from '../../../contract/json.ts';
import { canonicalJson } from '../../schema/canonical-json.ts';
import { isJsonArray } from '../../schema/json-kind.ts';
import { broken, isFull, type Run, type Subject } from './run.ts';
import { apply, fitsQuietly, type Keyword, type MakeKeyword, type Making, partOf } from './schema-node.ts';
import { tested } from './value-keywords.ts';

/** Keywords that ask something of arrays, in the order in which their errors are recorded. */
export const arrayKeywords: readonly (readonly [string, MakeKeyword])[] = [
  ['maxItems', ({ maxItems }) => tested('maxItems', (value) => itemsOf(value).length <= Number(maxItems))],
  ['minItems', ({ minItems }) => tested('minItems', (value) => itemsOf(value).length >= Number(minItems))],
  ['prefixItems', makePrefixItems],
  ['items', makeItems],
  ['contains', makeContains],
  ['unevaluatedItems', makeUnevaluatedItems],
  [
    'uniqueItems',
    ({ uniqueItems }) => tested('uniqueItems', (value) => uniqueItems !== true || areDistinct(value)),
  ],
];

function itemsOf(value: JsonValue | undefined): readonly JsonValue[] {
  return isJsonArray(value) ? value : [];
}

function makePrefixItems({ prefixItems }: JsonObject, { nodeOf }: Making): Keyword {
  const nodes = itemsOf(prefixItems).map(nodeOf);
  return (run, subject) => {
    if (subject.seen !== undefined) {
      subject.seen.itemsBefore = Math.max(subject.seen.itemsBefore, nodes.length);
    }
    let fits = true;
    for (const [index, item] of itemsOf(subject.value).slice(0, nodes.length).entries()) {
      const node = nodes[index];
      if (node === undefined || apply(run, node, partOf(subject, [index, item], ['prefixItems', index])))
        continue;
      fits = false;
      if (isFull(run)) return false;
    }
    return fits;
  };
}

function makeItems({ items = true, prefixItems }: JsonObject, { nodeOf }: Making): Keyword {
  const node = nodeOf(items);
  const first = itemsOf(prefixItems).length;
  return (run, subject) => {
    if (subject.seen !== undefined) subject.seen.itemsBefore = Number.POSITIVE_INFINITY;
    return everyItem(run, { subject, first }, (item, index) =>
      apply(run, node, partOf(subject, [index, item], ['items'])),
    );
  };
}

function makeContains(schema: JsonObject, { nodeOf }: Making): Keyword {
  const node = nodeOf(schema['contains'] ?? true);
  const { minContains, maxContains } = schema;
  const [least, most] = [Number(minContains ?? 1), Number(maxContains ?? Number.POSITIVE_INFINITY)];
  return (run, subject) => {
    const found = countFitting(run, { node, least, most }, subject);
    if (found < least) {
      return broken(run, subject, { keyword: minContains === undefined ? 'contains' : 'minContains' });
    }
    return found <= most || broken(run, subject, { keyword: 'maxContains' });
  };
}

interface Wanted {
  readonly node: Parameters<typeof apply>[1];
  readonly least: number;
  readonly most: number;
}

/** Counts no further than needed to know whether they are enough and not too many. */
function countFitting(run: Run, { node, least, most }: Wanted, subject: Subject): number {
  const { seen } = subject;
  let found = 0;
  for (const [index, item] of itemsOf(subject.value).entries()) {
    const isDecided = found > most || (found >= least && most === Number.POSITIVE_INFINITY);
    if (isDecided && seen === undefined) break;
    if (!fitsQuietly(run, node, partOf(subject, [index, item], []))) continue;
    found += 1;
    seen?.items.add(index);
  }
  return found;
}

function makeUnevaluatedItems({ unevaluatedItems = true }: JsonObject, { nodeOf }: Making): Keyword {
  const node = nodeOf(unevaluatedItems);
  return (run, subject) => {
    const { seen } = subject;
    const fits = everyItem(run, { subject, first: seen?.itemsBefore ?? 0 }, (item, index) => {
      if (seen?.items.has(index) === true) return true;
      return apply(run, node, partOf(subject, [index, item], ['unevaluatedItems']));
    });
    if (seen !== undefined) seen.itemsBefore = Number.POSITIVE_INFINITY;
    return fits;
  };
}

function everyItem(
  run: Run,
  { subject, first }: { readonly subject: Subject; readonly first: number },
  fits: (item: JsonValue, index: number) => boolean,
): boolean {
  const items = itemsOf(subject.value);
  let all = true;
  for (let index = first; index < items.length; index += 1) {
    if (fits(items[index] ?? null, index)) continue;
    all = false;
    if (isFull(run)) return false;
  }
  return all;
}

/** By a text for each array and object, so that the time grows with the length and not with its square. */
function areDistinct(value: JsonValue): boolean {
  const [scalars, texts] = [new Set<JsonValue>(), new Set<string>()];
  return itemsOf(value).every((item) => {
    if (typeof item !== 'object' || item === null) return scalars.size < scalars.add(item).size;
    return texts.size < texts.add(canonicalJson(item)).size;
  });
}
