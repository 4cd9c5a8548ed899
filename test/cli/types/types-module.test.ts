import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type DescribedService,
  type DescribedVersion,
  typesModule,
} from '../../../cli/types/types-module.ts';
import type { JsonObject } from '../../../core/contract/json.ts';
import { anySchema } from './any-schema.ts';
import { compile } from './compile.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** The part of the client that the module extends; `verify:package` compiles it with the whole client. */
const client = readFileSync(join(root, 'client', 'services', 'service-types.ts'), 'utf8');

function example(folder: string, changes: Partial<DescribedVersion> = {}): DescribedVersion {
  const manifest = JSON.parse(readFileSync(join(root, 'examples', folder, 'service.json'), 'utf8'));
  return { status: 'active', ...manifest, ...changes };
}

const csvProfile: DescribedService = {
  name: 'csv-profile',
  versions: [example('csv-profile-2'), example('csv-profile', { status: 'deprecated' })],
  ranges: { '^2': '2.0.0', '2.0.0': '2.0.0' },
};

function errorsOf(module: string, use: string) {
  const program = `import type { ServiceTypes, TypesOf } from 'errand';\nimport './types';\n${use}`;
  return compile({ '/node_modules/errand/index.ts': client, '/types.ts': module, '/use.ts': program });
}

describe('the module of types', () => {
  const module = typesModule([csvProfile]);
  const parameters = (value: string, version = '2.0.0') =>
    errorsOf(module, `export const p: TypesOf<'csv-profile', '${version}'>['parameters'] = ${value};`);

  test('is accepted with right parameters, also by a range', () => {
    expect(parameters("{ columns: ['wind'] }")).toEqual([]);
    expect(parameters("{ columns: ['wind'] }", '^2')).toEqual([]);
  });

  test.each([
    ["{ columns: 'wind' }", /not assignable to type 'readonly string\[\]'/],
    ["{ colums: ['wind'] }", /'colums' does not exist/],
    ['5', /no properties in common/],
  ])('refuses the parameters %s', (value, message) => {
    for (const version of ['2.0.0', '^2'])
      expect(parameters(value, version)).toEqual([expect.stringMatching(message)]);
  });

  test('leaves what it does not describe unknown, and describes all versions without a range', () => {
    const types = ["TypesOf<'csv-profile', '7.0.0'>", "TypesOf<'other'>", "TypesOf<'csv-profile', string>"];
    for (const type of types)
      expect(errorsOf(module, `export const p: ${type}['parameters'] = 5;`)).toEqual([]);
    const anyVersion = "TypesOf<'csv-profile'>['parameters']";
    expect(errorsOf(module, `export const p: ${anyVersion} = { columns: ['wind'] };`)).toEqual([]);
    expect(errorsOf(module, `export const p: ${anyVersion} = 5;`)).toHaveLength(1);
  });

  test('describes the result and the slots', () => {
    const result = "declare const r: ServiceTypes['csv-profile']['2.0.0']['result'];";
    expect(errorsOf(module, `${result} r.columns[0]?.mean?.toFixed(2); r.rows satisfies number;`)).toEqual(
      [],
    );
    expect(errorsOf(module, `${result} r.lines;`)).toEqual([
      expect.stringContaining("'lines' does not exist"),
    ]);
    const slots = "ServiceTypes['csv-profile']['2.0.0']";
    expect(
      errorsOf(module, `'table' satisfies ${slots}['inputs']; 'histograms' satisfies ${slots}['outputs'];`),
    ).toEqual([]);
    expect(errorsOf(module, `'tables' satisfies ${slots}['inputs'];`)).toHaveLength(1);
  });

  test('has comments from titles and descriptions, defaults, and deprecated versions', () => {
    expect(module).toContain(
      '/**\n   * The character between fields\n   * Default: ","\n   */\n  delimiter?: string;',
    );
    expect(module).toMatch(/ \* @deprecated\n {5}\*\/\n {4}'1\.\d+\.\d+': \{\n {6}parameters: CsvProfileV1_/);
  });

  test('makes a member with a default optional in parameters, and leaves it required in results', () => {
    const schema = {
      type: 'object',
      properties: { a: { $ref: '#/$defs/a' } },
      required: ['a'],
      $defs: { a: { default: 1 } },
    };
    const text = typesModule([
      {
        name: 'x',
        versions: [example('echo', { version: '1.0.0', parameters: schema, result: schema })],
        ranges: {},
      },
    ]);
    expect(text).toContain('export type XParameters = {\n  a?: XParametersA;\n');
    expect(text).toContain('export type XResult = {\n  a: XResultA;\n');
  });

  test('is the same for the same services in another order', () => {
    const other = { ...csvProfile, name: 'a', ranges: {} };
    expect(typesModule([csvProfile, other])).toBe(typesModule([other, csvProfile]));
  });

  test('names types apart although their services have similar names', () => {
    const versions = [example('echo')];
    const text = typesModule(['a-1', 'a1', 'a'].map((name) => ({ name, versions, ranges: {} })));
    expect(errorsOf(text, '')).toEqual([]);
  });

  test('compiles schemas that refer to themselves, that combine many alternatives, and that are nested deeply', () => {
    const branch = (at: number) => ({
      anyOf: [{ properties: { [`a${at}`]: { type: 'string' } } }, { required: [`b${at}`] }],
    });
    const nested = (level: number): JsonObject =>
      level === 0 ? { type: 'integer' } : { required: ['a', 'b'], additionalProperties: nested(level - 1) };
    const schemas: readonly JsonObject[] = [
      { type: 'object', properties: { children: { type: 'array', items: { $ref: '#' } } } },
      { allOf: Array.from({ length: 20 }, (_, at) => branch(at)) },
      nested(14),
      { allOf: [{ $ref: '#' }] },
    ];
    const versions = schemas.map((parameters, at) => example('echo', { version: `1.0.${at}`, parameters }));
    const text = typesModule([{ name: 'x', versions, ranges: {} }]);
    expect(errorsOf(text, '')).toEqual([]);
    expect(text.length).toBeLessThan(20_000);
    expect(text).toContain('children?: readonly XParameters[];');
    expect(text).toContain('export type XV1_0_3Parameters = unknown;');
  });

  test('has no services without any', () => {
    expect(errorsOf(typesModule([]), 'type X = keyof ServiceTypes; export const x: X = "a";')).toHaveLength(
      1,
    );
  });

  test('compiles with hostile titles, descriptions and schemas, and adds nothing but its types', () => {
    fc.assert(
      fc.property(anySchema, anySchema, fc.string(), (a, b, title) => {
        const version = {
          status: 'active',
          title,
          description: '*/ } declare const injected: 1; /*',
        } as const;
        const versions = ['2.0.0', '1.0.0'].map((each) => ({
          ...version,
          version: each,
          parameters: a,
          result: b,
        }));
        const text = typesModule([{ name: 'x', versions, ranges: {} }]);
        expect(errorsOf(text, '')).toEqual([]);
        expect(errorsOf(text, 'injected;')).toHaveLength(1);
        // As it is read from a file.
        expect(text.isWellFormed()).toBe(true);
      }),
      { numRuns: 20 },
    );
  });
});
