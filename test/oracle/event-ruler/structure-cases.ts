import { type SeededRandom, seededRandom } from '../../sim/seeded-random.ts';
import type { PatternCase } from './pattern-case.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
type Members = { readonly [name: string]: Json };

const names = ['a', 'b', 'c'];
const scalars: readonly Json[] = ['x', 'y', 'xy', 1, 2, true, null];
const alternatives: readonly Json[] = [
  ...scalars,
  ...[{ exists: true }, { exists: false }, { prefix: 'x' }, { suffix: 'y' }, { 'anything-but': 'x' }],
  ...[{ 'anything-but': [1, 2] }, { 'anything-but': { prefix: 'x' } }, { numeric: ['>', 1] }],
  ...[{ numeric: ['>=', 0, '<', 2] }, { wildcard: 'x*' }, { 'equals-ignore-case': 'XY' }],
];
/** Patterns of a structure that the random ones do not have. */
const fixedPatterns: readonly string[] = [
  ...[
    '{}',
    '[]',
    '"a"',
    'null',
    '{"a":"x"}',
    '{"a":1}',
    '{"a":null}',
    '{"a":{}}',
    '{"a":{"b":{}}}',
    '{"a":{"b":"x"}}',
  ],
  ...[
    '{"$or":[]}',
    '{"$or":[{"a":["x"]}]}',
    '{"$or":[{"a":["x"]},1]}',
    '{"$or":[{"a":["x"]},{}]}',
    '{"$or":"x"}',
  ],
  ...['{"$or":[{"a":["x"]},["x"]]}', '{"a":{"$or":[{"b":["x"]}]}}'],
  ...['{"$or":[{"prefix":["x"]},{"a":["x"]}]}', '{"$or":[{"a":{"numeric":["x"]}},{"a":["x"]}]}'],
  ...['{"prefix":["x"],"$or":[{"a":["x"]},{"b":["x"]}]}', '{"prefix":["x"]}', '{"a":{"exists":["x"]}}'],
  ...['{"$or":[{"regex":["x"]},{"a":["x"]}]}', '{"$or":[{"<":["x"]},{"a":["x"]}]}'],
  ...['{"a":["x"],"$or":[{"a":["y"]},{"b":[1]}]}', '{"$or":[{"a":["y"]},{"b":[1]}],"a":["x"]}'],
  ...[
    '{"a.b":["x"]}',
    '{"a":{"b":["x"]}}',
    '{"a.b":["x"],"a":{"c":["y"]}}',
    '{"a.b":{"c":["x"]}}',
    '{"a.b":["x"],"a":{"b":["y"]}}',
  ],
  ...[
    '{"a":{"b":{"c":["x"]}}}',
    '{"":["x"]}',
    '{"toString":[{"exists":false}],"a":["x"]}',
    '{"__proto__":["x"]}',
  ],
];
const fixedEvents: readonly string[] = [
  ...[
    '{}',
    '{"a":"x"}',
    '{"a":"y","b":1}',
    '{"a":"x","b":1}',
    '{"prefix":"x","a":"x"}',
    '{"prefix":"x"}',
    '{"$or":"x"}',
  ],
  ...[
    '{"a.b":"x"}',
    '{"a":{"b":"x"}}',
    '{"a":{"b":"x","c":"y"}}',
    '{"a.b":"x","a":{"c":"y"}}',
    '{"a":{"b.c":"x"}}',
  ],
  ...[
    '{"a":{"b":{"c":"x"}}}',
    '{"a":[{"b":"x"},{"c":"y"}]}',
    '{"a":[{"b":[{"c":"x"}]}]}',
    '{"":"x"}',
    '{"a":{"":"x"}}',
    '{"a.":"x"}',
  ],
  ...[
    '{"a":[[{"b":"x"}]]}',
    '{"a":[[{"b":{"c":"x"}}],1]}',
    '{"a":{"exists":"x"}}',
    '{"a":{"numeric":"x"}}',
    '{"__proto__":"x"}',
  ],
];

function one<Item>(random: SeededRandom, items: readonly Item[]): Item {
  return items[random.whole(0, items.length - 1)] as Item; // the index is below the length
}

function objectOf(random: SeededRandom, value: () => Json): Members {
  const chosen = names.filter(() => random.happens(0.5));
  return Object.fromEntries(
    (chosen.length > 0 ? chosen : [one(random, names)]).map((name) => [name, value()]),
  );
}

/** At most two of `$or` in each other: Event Ruler multiplies their branches, and more take it minutes and gigabytes. */
function randomPattern(random: SeededRandom, depth: number): Members {
  const members = objectOf(random, () => {
    if (depth > 0 && random.happens(0.6)) return randomPattern(random, depth - 1);
    return Array.from({ length: random.whole(1, 2) }, () => one(random, alternatives));
  });
  if (depth === 0 || !random.happens(0.25)) return members;
  const branches = Array.from({ length: 2 }, () => randomPattern(random, depth - 1));
  const or = { $or: branches };
  return random.happens(0.5) ? { ...members, ...or } : { ...or, ...members };
}

/** A value which often matches: of the same structure as the pattern, with arrays where the language allows them. */
function eventLike(random: SeededRandom, pattern: Members): Members {
  const members = Object.entries(pattern).flatMap(([name, node]): readonly (readonly [string, Json])[] => {
    if (name === '$or') return Object.entries(eventLike(random, one(random, node as readonly Members[]))); // as randomPattern makes it
    if (random.happens(0.1)) return [];
    const make = () =>
      Array.isArray(node) ? scalarLike(random, one(random, node)) : eventLike(random, node as Members); // the other kind
    return [
      [
        name,
        random.happens(0.5) ? make() : Array.from({ length: random.whole(0, 2) }, () => nested(random, make)),
      ],
    ];
  });
  return Object.fromEntries(members);
}

function nested(random: SeededRandom, make: () => Json): Json {
  if (random.happens(0.1)) return [make(), make()];
  return random.happens(0.1) ? one(random, scalars) : make();
}

function scalarLike(random: SeededRandom, alternative: Json): Json {
  if (random.happens(0.15)) return objectOf(random, () => one(random, scalars));
  const isOperator = typeof alternative === 'object' && alternative !== null;
  return isOperator || random.happens(0.2) ? one(random, scalars) : alternative;
}

/** Patterns of nested objects, `$or` and arrays of objects, which a seed repeats exactly, and fixed ones. */
export function structureCases(seed: number, count: number): readonly PatternCase[] {
  const random = seededRandom(seed);
  const made = Array.from({ length: count }, (): PatternCase => {
    const pattern = randomPattern(random, 2);
    const text = JSON.stringify(pattern);
    return {
      group: text.includes('$or') ? 'nested, with $or' : 'nested',
      pattern: text,
      events: Array.from({ length: 8 }, () => JSON.stringify(eventLike(random, pattern))),
    };
  });
  return [...fixedPatterns.map((pattern) => ({ group: 'structure', pattern, events: fixedEvents })), ...made];
}
