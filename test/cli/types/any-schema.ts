import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../../core/contract/json.ts';

/** Text that would end a comment, a string or a statement, or direct the compiler, if it were not escaped. */
const hostile = [
  '*/ import "x"; /*',
  "'; throw 1; '",
  '"',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the text is the point
  '`${1}`',
  '\\',
  "\\'",
  'a\nb',
  'a\u2028b\u2029c',
  '// @ts-nocheck',
  '@ts-ignore',
  'x\n@ts-expect-error',
  '</script>',
  '\ud800',
  '\u202e',
];
/** Names that objects inherit, keywords, and names that need quotes. */
const names = ['a', 'b', 'c', 'toString', 'constructor', 'class', 'readonly', 'new', '1', 'a-b', '', 'é'];

const text = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 8 }) },
  { weight: 1, arbitrary: fc.constantFrom(...hostile) },
);
const name = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('a', 'b', 'c') },
  { weight: 2, arbitrary: fc.constantFrom(...names) },
  { weight: 1, arbitrary: fc.constantFrom(...hostile.filter((each) => each.isWellFormed())) },
);
/** For the compiler, every object has the members of Object.prototype with their own types, so no value here has one of them. */
const memberName = name.filter((each) => !(each in Object.prototype));
const scalar: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constantFrom<JsonValue>(null, true, false, 0, 1, -1.5, 1e21, '', 'a'),
  text,
);

/** Small JSON values with the member names of the schemas, so that many are valid. */
export const anyValue: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(memberName, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

const kind = fc.constantFrom('null', 'boolean', 'integer', 'number', 'string', 'array', 'object');
const definitionNames = ['one', 'two', 'na/me ~*'] as const;
const reference = fc.constantFrom('#', '#/$defs/one', '#/$defs/two', '#/$defs/na~1me%20~0*', '#anchor');

interface Tied {
  readonly schema: JsonObject | boolean;
  readonly object: JsonObject;
}

const { object: nested } = fc.letrec<Tied>((tie) => {
  const several = fc.array(tie('schema'), { minLength: 1, maxLength: 3 });
  const keywords = {
    type: fc.oneof(kind, fc.uniqueArray(kind, { minLength: 1, maxLength: 3 })),
    title: text,
    description: text,
    default: anyValue,
    deprecated: fc.boolean(),
    const: anyValue,
    enum: fc.uniqueArray(anyValue, {
      minLength: 1,
      maxLength: 4,
      selector: (value) => JSON.stringify(value),
    }),
    properties: fc.dictionary(name, tie('schema'), { maxKeys: 4, noNullPrototype: true }),
    required: fc.uniqueArray(name, { maxLength: 2 }),
    additionalProperties: tie('schema'),
    patternProperties: fc.dictionary(fc.constantFrom('^a', 'b$', '[*]/'), tie('schema'), {
      maxKeys: 2,
      noNullPrototype: true,
    }),
    items: tie('schema'),
    prefixItems: several,
    minItems: fc.nat({ max: 3 }),
    allOf: several,
    anyOf: several,
    oneOf: several,
    not: tie('schema'),
    if: tie('schema'),
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: tie('schema'),
    $ref: reference,
  };
  const chosen = fc.subarray(Object.keys(keywords), { minLength: 0, maxLength: 5 });
  return {
    object: chosen.chain((keys) =>
      fc.record(Object.fromEntries(keys.map((key) => [key, keywords[key as keyof typeof keywords]]))),
    ) as fc.Arbitrary<JsonObject>,
    schema: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.boolean(),
      fc.record({ type: kind }),
      tie('object'),
    ) as fc.Arbitrary<JsonObject | boolean>,
  };
});

/** Schemas with hostile names and texts, references and recursion; the API would refuse some of them. */
export const anySchema: fc.Arbitrary<JsonObject> = fc
  .tuple(nested, fc.tuple(nested, nested, nested))
  .map(([schema, definitions]) => ({
    ...schema,
    $defs: Object.fromEntries(
      definitions.map((each, at) => [
        definitionNames[at] ?? '',
        at === 0 ? { ...each, $anchor: 'anchor' } : each,
      ]),
    ),
  }));
