import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  largestOwnVariables,
  maxOverridesBytes,
  overridesSizeBytes,
} from '../../../core/contract/container-overrides.ts';
import type { JsonObject } from '../../../core/contract/json.ts';
import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import { serviceManifest } from '../../../core/contract/schemas/service-schemas.ts';
import { checkDefinition } from '../../../core/services/check-definition.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';

const dispatcher = { kind: 'lambda', functionName: 'errand-service-x' } as const;

async function faultsOf(
  parameters: JsonObject,
  more: { result?: JsonObject; attemptTimeoutSeconds?: number } = {},
) {
  try {
    await checkDefinition({ parameters, dispatcher, ...more });
    return [];
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    expect(error.slug).toBe('schema-invalid');
    return (error.extension.errors ?? []).map(({ pointer, keyword }) => `${pointer} ${keyword}`);
  }
}

const good: readonly (readonly [string, JsonObject])[] = [
  ['is empty', {}],
  ['names the dialect', { $schema: 'https://json-schema.org/draft/2020-12/schema' }],
  [
    'has an id at its root',
    { $id: 'https://example.org/a.json', properties: { a: { $ref: '#/$defs/b' } }, $defs: { b: {} } },
  ],
  [
    'has properties called like keywords',
    { properties: { $ref: { type: 'string' }, pattern: {}, id: {}, dependencies: {} } },
  ],
  ['refers to itself through a property', { properties: { child: { $ref: '#' } } }],
  ['refers to an anchor', { $ref: '#size', $defs: { size: { $anchor: 'size', type: 'integer' } } }],
  ['refers through escapes', { $ref: '#/$defs/a~1b%25~0', $defs: { 'a/b%~': true } }],
  [
    'has unknown keywords and examples',
    { 'x-widget': { $ref: 'http://x' }, examples: [{ $ref: 1 }], default: { $id: 'a' } },
  ],
  ['has data that looks like a schema', { enum: [{ pattern: '(' }], const: { $dynamicRef: '#' } }],
  ['is 32 deep', nest(32)],
];

const bad: readonly (readonly [string, JsonObject, readonly string[]])[] = [
  ['has an unknown type', { type: 'strin' }, ['/parameters/type enum']],
  [
    'has several faults',
    { properties: { 'a/b': { minLength: -1 }, c: { required: 'x' } } },
    ['/parameters/properties/a~1b/minLength minimum', '/parameters/properties/c/required type'],
  ],
  ['has a list as items', { items: [{}] }, ['/parameters/items type']],
  [
    'is of another dialect',
    { $schema: 'http://json-schema.org/draft-07/schema#' },
    ['/parameters/$schema $schema'],
  ],
  ['refers to another document', { $ref: 'https://example.org/x.json' }, ['/parameters/$ref $ref']],
  ['refers to nothing', { items: { $ref: '#/$defs/none' } }, ['/parameters/items/$ref $ref']],
  ['refers to what is no schema', { $ref: '#/properties', properties: {} }, ['/parameters/$ref $ref']],
  ['refers with broken escapes', { $ref: '#/%E0%A4' }, ['/parameters/$ref $ref']],
  ['refers to an unknown anchor', { $ref: '#x' }, ['/parameters/$ref $ref']],
  [
    'uses an anchor twice',
    { $defs: { a: { $anchor: 'x' }, b: { $anchor: 'x' } } },
    ['/parameters/$defs/b/$anchor $anchor'],
  ],
  ['has an id inside', { $defs: { a: { $id: 'b' } } }, ['/parameters/$defs/a/$id $id']],
  ['uses $dynamicRef', { $dynamicRef: '#a' }, ['/parameters/$dynamicRef $dynamicRef']],
  ['uses $dynamicAnchor', { $dynamicAnchor: 'a' }, ['/parameters/$dynamicAnchor $dynamicAnchor']],
  ['uses dependencies', { dependencies: { a: ['b'] } }, ['/parameters/dependencies dependencies']],
  ['uses additionalItems', { additionalItems: false }, ['/parameters/additionalItems additionalItems']],
  ['has a pattern that does not compile', { pattern: 'a(' }, ['/parameters/pattern pattern']],
  ['has a pattern that could hang', { items: { pattern: '^(a+)+$' } }, ['/parameters/items/pattern pattern']],
  [
    'has a property pattern that could hang',
    { patternProperties: { '(a|a)*b': {} } },
    ['/parameters/patternProperties/(a|a)*b patternProperties'],
  ],
  ['leads back to itself', { $ref: '#' }, ['/parameters/$ref $ref']],
  [
    'leads back to itself by a choice',
    {
      $ref: '#/$defs/a',
      $defs: { a: { anyOf: [{ $ref: '#/$defs/b' }] }, b: { not: { $ref: '#/$defs/a' } } },
    },
    ['/parameters/$defs/b/not/$ref $ref'],
  ],
  ['doubles with every reference', doubling(20), ['/parameters/$defs/d8 $ref']],
  ['is 33 deep', nest(33), ['/parameters depth']],
  ['has names as long as texts', { properties: { ['n'.repeat(4100)]: {} } }, ['/parameters size']],
  ['is too large', { description: 'é'.repeat(33_000) }, ['/parameters size']],
  [
    'has a name that is no Unicode text',
    { properties: { '\ud800': {} } },
    ['/parameters/properties/\ud800 unicode'],
  ],
];

/** A schema that is `depth` objects deep. */
function nest(depth: number): JsonObject {
  return depth === 1 ? {} : { not: nest(depth - 1) };
}

function doubling(count: number): JsonObject {
  const step = (index: number) => ({
    allOf: [{ $ref: `#/$defs/d${index + 1}` }, { $ref: `#/$defs/d${index + 1}` }],
  });
  const steps = Array.from({ length: count }, (_, index) => [`d${index}`, step(index)] as const);
  return { $ref: '#/$defs/d0', $defs: { ...Object.fromEntries(steps), [`d${count}`]: {} } };
}

describe('a definition', () => {
  test.each(good)('is accepted when its schema %s', async (_title, schema) => {
    expect(await faultsOf(schema)).toEqual([]);
  });

  test.each(bad)('is refused when its schema %s', async (_title, schema, faults) => {
    expect(await faultsOf(schema)).toEqual(faults);
  });

  test('is refused with the errors of both schemas and of its limits together', async () => {
    const more = { result: { minimum: '1' }, attemptTimeoutSeconds: 901 };
    expect(await faultsOf({ $ref: 'x', maximum: true }, more)).toEqual([
      '/parameters/maximum type',
      '/parameters/$ref $ref',
      '/result/minimum type',
      '/attemptTimeoutSeconds maximum',
    ]);
  });

  test('can give a Lambda function 900 seconds', async () => {
    expect(await faultsOf({}, { attemptTimeoutSeconds: 900 })).toEqual([]);
  });

  test.each(['echo', 'csv-profile'])('of the example %s is accepted', async (name) => {
    const url = new URL(`../../../examples/${name}/service.json`, import.meta.url);
    const {
      name: _name,
      version: _version,
      ...definition
    } = serviceManifest.parse(JSON.parse(readFileSync(url, 'utf8')));
    await expect(checkDefinition(definition)).resolves.toBeUndefined();
  });
});

describe('a definition on AWS Batch', () => {
  const faultsOfBatch = async (settings: object, attemptTimeoutSeconds?: number) => {
    const dispatcher = { kind: 'batch', jobDefinition: 'errand-job-x', ...settings } as const;
    const limits = attemptTimeoutSeconds === undefined ? {} : { attemptTimeoutSeconds };
    return checkDefinition({ parameters: {}, dispatcher, ...limits }).then(
      () => [],
      (error: ProblemError) =>
        (error.extension.errors ?? []).map(({ pointer, keyword }) => [pointer, keyword]),
    );
  };

  test('can last long, but at least a minute', async () => {
    expect(await faultsOfBatch({}, 604_800)).toEqual([]);
    expect(await faultsOfBatch({}, 60)).toEqual([]);
    expect(await faultsOfBatch({}, 59)).toEqual([['/attemptTimeoutSeconds', 'minimum']]);
  });

  test('leaves room in its command and environment for the variables of an attempt', async () => {
    const room = maxOverridesBytes - overridesSizeBytes({ environment: largestOwnVariables });
    expect(room).toBeGreaterThan(6000);
    const rest = overridesSizeBytes({ command: [''], environment: { A: '' } });
    const command = (bytes: number) => ({ command: ['x'.repeat(bytes - rest)], environment: { A: '' } });
    expect(await faultsOfBatch(command(room))).toEqual([]);
    expect(await faultsOfBatch(command(room + 1))).toEqual([['/dispatcher/command', 'maxLength']]);
    const environment = (bytes: number) => ({
      command: [''],
      environment: { A: 'é'.repeat((bytes - rest) / 2) },
    });
    expect(await faultsOfBatch(environment(room - 2))).toEqual([]);
    expect(await faultsOfBatch(environment(room + 2))).toEqual([['/dispatcher/environment', 'maxLength']]);
  });

  test('has at most as many variables as AWS Batch can pass on, however short they are', async () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`V${index}`, '']));
    expect(JSON.stringify(many).length).toBeLessThan(3000);
    expect(await faultsOfBatch({ environment: many })).toEqual([['/dispatcher/environment', 'maxLength']]);
  });
});

test('heartbeats of a function that does not receive the URL of its reports are refused', async () => {
  const bare = { ...dispatcher, payload: 'parameters' } as const;
  await expect(checkDefinition({ parameters: {}, dispatcher: bare, heartbeatSeconds: 15 })).rejects.toThrow(
    expect.objectContaining({ slug: 'schema-invalid' }),
  );
  for (const payload of [undefined, 'envelope'] as const) {
    const changed = { ...dispatcher, ...omitUndefined({ payload }) };
    await checkDefinition({ parameters: {}, dispatcher: changed, heartbeatSeconds: 15 });
  }
  await checkDefinition({ parameters: {}, dispatcher: bare });
});

describe('the patterns of a definition', () => {
  /** A choice of 98 characters inside a repeat: nearly the most work that one pattern is allowed. */
  const heavy = (index: number) => {
    const words = Array.from({ length: 98 }, (_, word) => String.fromCodePoint(0x4e00 + 100 * index + word));
    return `^(?:${words.join('|')})+$`;
  };
  const withPatterns = (patterns: readonly string[]): JsonObject => ({
    properties: Object.fromEntries(patterns.map((pattern, index) => [`p${index}`, { pattern }])),
  });

  test('are checked within one budget, and the first pattern that exceeds it is named', async () => {
    const patterns = Array.from({ length: 75 }, (_, index) => heavy(index));
    const half = patterns.length / 2;
    const [parameters, result] = [withPatterns(patterns.slice(0, half)), withPatterns(patterns.slice(half))];
    expect(JSON.stringify({ parameters, result }).length).toBeGreaterThan(15_000);
    const started = performance.now();
    const first = await faultsOf(parameters, { result });
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(first).toEqual([expect.stringMatching(/^\/parameters\/properties\/p\d\/pattern pattern$/)]);
    expect(await faultsOf(parameters, { result })).toEqual(first);
    await expect(checkDefinition({ parameters, dispatcher })).rejects.toThrow(/could not be checked/);
  });

  test('cost the same once however often they are repeated', async () => {
    expect(await faultsOf(withPatterns(new Array<string>(100).fill(heavy(0))))).toEqual([]);
  });

  test('can be many, as long as each is a realistic pattern', async () => {
    const usual = [
      '^[a-z0-9]+(?:-[a-z0-9]+)*$',
      '^[^\\s@]+@[^\\s@]+\\.[^\\s@]+$',
      '^(?:\\d{1,3}\\.){3}\\d{1,3}$',
    ];
    const patterns = Array.from({ length: 900 }, (_, index) => `${usual[index % 3]}|${index}`);
    expect(await faultsOf(withPatterns(patterns))).toEqual([]);
  });
});
