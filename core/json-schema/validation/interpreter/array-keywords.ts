import type { JsonObject, JsonValue } from '../../../contract/json.ts';
import { canonicalJson } from '../../schema/canonical-json.ts';
import { isJsonArray } from '../../schema/json-kind.ts';
import { isFull, type Run, reportViolation, type Subject } from './run.ts';
import {
  apply,
  fitsQuietly,
  type Keyword,
  type MakeKeyword,
  type NodeFactory,
  partOf,
} from './schema-node.ts';
import { assertion } from './value-keywords.ts';

/** Keywords that apply to arrays, in the order in which their errors are recorded. */
export const arrayKeywords: readonly (readonly [string, MakeKeyword])[] = [
  ['maxItems', ({ maxItems }) => assertion('maxItems', (value) => itemsOf(value).length <= Number(maxItems))],
  ['minItems', ({ minItems }) => assertion('minItems', (value) => itemsOf(value).length >= Number(minItems))],
  ['prefixItems', makePrefixItems],
  ['items', makeItems],
  ['contains', makeContains],
  ['unevaluatedItems', makeUnevaluatedItems],
  [
    'uniqueItems',
    ({ uniqueItems }) => assertion('uniqueItems', (value) => uniqueItems !== true || areDistinct(value)),
  ],
];

function itemsOf(value: JsonValue | undefined): readonly JsonValue[] {
  return isJsonArray(value) ? value : [];
}

function makePrefixItems({ prefixItems }: JsonObject, { nodeOf }: NodeFactory): Keyword {
  const nodes = itemsOf(prefixItems).map(nodeOf);
  return (run, subject) => {
    if (subject.evaluated !== undefined) {
      subject.evaluated.itemsBefore = Math.max(subject.evaluated.itemsBefore, nodes.length);
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

function makeItems({ items = true, prefixItems }: JsonObject, { nodeOf }: NodeFactory): Keyword {
  const node = nodeOf(items);
  const first = itemsOf(prefixItems).length;
  return (run, subject) => {
    if (subject.evaluated !== undefined) subject.evaluated.itemsBefore = Number.POSITIVE_INFINITY;
    return everyItem(run, { subject, first }, (item, index) =>
      apply(run, node, partOf(subject, [index, item], ['items'])),
    );
  };
}

function makeContains(schema: JsonObject, { nodeOf }: NodeFactory): Keyword {
  const node = nodeOf(schema['contains'] ?? true);
  const { minContains, maxContains } = schema;
  const least = Number(minContains ?? 1);
  const most = Number(maxContains ?? Number.POSITIVE_INFINITY);
  return (run, subject) => {
    const found = countMatching(run, { node, least, most }, subject);
    if (found < least) {
      return reportViolation(run, subject, {
        keyword: minContains === undefined ? 'contains' : 'minContains',
      });
    }
    return found <= most || reportViolation(run, subject, { keyword: 'maxContains' });
  };
}

interface ContainsLimits {
  readonly node: Parameters<typeof apply>[1];
  readonly least: number;
  readonly most: number;
}

/** Counts matching items, only until it is known whether there are enough and not too many. */
function countMatching(run: Run, { node, least, most }: ContainsLimits, subject: Subject): number {
  const { evaluated } = subject;
  let found = 0;
  for (const [index, item] of itemsOf(subject.value).entries()) {
    const isDecided = found > most || (found >= least && most === Number.POSITIVE_INFINITY);
    if (isDecided && evaluated === undefined) break;
    if (!fitsQuietly(run, node, partOf(subject, [index, item], []))) continue;
    found += 1;
    evaluated?.items.add(index);
  }
  return found;
}

function makeUnevaluatedItems({ unevaluatedItems = true }: JsonObject, { nodeOf }: NodeFactory): Keyword {
  const node = nodeOf(unevaluatedItems);
  return (run, subject) => {
    const { evaluated } = subject;
    const fits = everyItem(run, { subject, first: evaluated?.itemsBefore ?? 0 }, (item, index) => {
      if (evaluated?.items.has(index) === true) return true;
      return apply(run, node, partOf(subject, [index, item], ['unevaluatedItems']));
    });
    if (evaluated !== undefined) evaluated.itemsBefore = Number.POSITIVE_INFINITY;
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

/** Compares arrays and objects by their canonical text, so that the time is linear and not quadratic. */
function areDistinct(value: JsonValue): boolean {
  const scalars = new Set<JsonValue>();
  const texts = new Set<string>();
  return itemsOf(value).every((item) => {
    if (typeof item !== 'object' || item === null) return scalars.size < scalars.add(item).size;
    return texts.size < texts.add(canonicalJson(item)).size;
  });
}
