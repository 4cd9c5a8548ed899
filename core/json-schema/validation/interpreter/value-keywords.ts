import type { JsonObject, JsonValue } from '../../../contract/json.ts';
import { canonicalJson } from '../../schema/canonical-json.ts';
import { codePointsIn } from '../../schema/code-points.ts';
import { isJsonArray, jsonKind } from '../../schema/json-kind.ts';
import { assertedFormats } from '../formats/formats.ts';
import { isMultipleOf } from './multiple-of.ts';
import { reportViolation } from './run.ts';
import type { Keyword, MakeKeyword } from './schema-node.ts';

type Makers = readonly (readonly [string, MakeKeyword])[];

/** `type`, `const` and `enum`, which apply to any value. */
export const valueKeywords: Makers = [
  ['type', makeType],
  ['const', ({ const: only }) => assertion('const', isOneOf([only ?? null]))],
  ['enum', ({ enum: choices }) => assertion('enum', isOneOf(isJsonArray(choices) ? choices : []))],
];

/** Keywords that apply to numbers. */
export const numberKeywords: Makers = [
  limit('minimum', (value, least) => value >= least),
  limit('maximum', (value, most) => value <= most),
  limit('exclusiveMinimum', (value, bound) => value > bound),
  limit('exclusiveMaximum', (value, bound) => value < bound),
  limit('multipleOf', isMultipleOf),
];

/** Keywords that apply to strings; lengths are counted in code points. */
export const textKeywords: Makers = [
  ['minLength', ({ minLength }) => assertion('minLength', (text) => lengthOf(text) >= Number(minLength))],
  ['maxLength', ({ maxLength }) => assertion('maxLength', (text) => lengthOf(text) <= Number(maxLength))],
  ['pattern', makePattern],
  ['format', makeFormat],
];

/** Creates a keyword that tests a value without applying a schema to it. */
export function assertion(keyword: string, test: (value: JsonValue) => boolean): Keyword {
  return (run, subject) => test(subject.value) || reportViolation(run, subject, { keyword });
}

function makeType({ type }: JsonObject): Keyword {
  const types = new Set(isJsonArray(type) ? type : [type]);
  const takesIntegers = types.has('integer');
  return assertion(
    'type',
    (value) => types.has(jsonKind(value)) || (takesIntegers && Number.isInteger(value)),
  );
}

function isOneOf(choices: readonly JsonValue[]): (value: JsonValue) => boolean {
  const scalars = new Set(choices.filter((choice) => typeof choice !== 'object' || choice === null));
  const containers = choices.filter((choice) => typeof choice === 'object' && choice !== null);
  const texts = new Set(containers.map(canonicalJson));
  return (value) =>
    typeof value === 'object' && value !== null
      ? texts.size > 0 && texts.has(canonicalJson(value))
      : scalars.has(value);
}

function limit(
  keyword: string,
  accepts: (value: number, limit: number) => boolean,
): readonly [string, MakeKeyword] {
  return [
    keyword,
    (schema) => {
      const bound = Number(schema[keyword]);
      return assertion(keyword, (value) => accepts(Number(value), bound));
    },
  ];
}

function makePattern({ pattern }: JsonObject): Keyword {
  const matcher = new RegExp(String(pattern), 'u');
  return assertion('pattern', (text) => matcher.test(String(text)));
}

/** A format that is not asserted is an annotation and accepts every value. */
function makeFormat({ format }: JsonObject): Keyword {
  const test = assertedFormats.get(String(format));
  return assertion('format', (text) => test?.(String(text)) ?? true);
}

function lengthOf(text: JsonValue): number {
  return codePointsIn(String(text));
}
