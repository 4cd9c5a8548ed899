import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { serviceSchema, serviceSchemaId } from '../../bin/schemas/service-schema.ts';
import { manifestSchema } from '../../manifest/service-manifest.ts';

const schema = serviceSchema();
const validate = new Ajv2020({ strict: true, strictRequired: false, allErrors: true }).compile(schema);

const lambda = {
  $schema: serviceSchemaId,
  name: 'thumbnails',
  version: '1.0.0',
  title: 'Thumbnails',
  description: 'Small pictures',
  tags: ['images'],
  indexedMetadata: ['campaign'],
  parameters: { type: 'object' },
  result: { type: 'string' },
  source: {
    kind: 'lambda',
    entry: 'src/index.ts:run',
    functionName: 'errand-service-acme__thumbnails',
    runtime: 'nodejs24.x',
    memoryMiB: 1024,
    timeoutSeconds: 60,
    environment: { LEVEL: 'debug' },
    reservedConcurrency: 5,
    external: ['sharp', '@a/b.c'],
  },
  retry: { maxAttempts: 3, backoffSeconds: 1, backoffRate: 2, retryOn: ['timeout'] },
  attemptTimeoutSeconds: 60,
  queueTimeoutSeconds: 60,
  timeoutSeconds: 3600,
  heartbeatSeconds: 15,
};
const batch = {
  ...lambda,
  source: {
    kind: 'batch',
    dockerfile: 'Dockerfile',
    jobDefinition: 'errand-job-t',
    vcpus: 0.5,
    memoryMiB: 1024,
  },
};
const program = {
  ...batch,
  source: { kind: 'batch', command: ['python3', 'main.py'], vcpus: 1, memoryMiB: 512 },
};

const values = [
  null,
  true,
  -1,
  0,
  1.5,
  1e9,
  '',
  'x',
  'A/b',
  '../x.ts',
  '/x.ts',
  'x.py',
  'a:b',
  [],
  ['x'],
  {},
  { x: 1 },
];

/** The value with each member, at any depth, removed, replaced by each of the values, and with a member added. */
function variants(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return values;
  const entries = Object.entries(value);
  return [
    ...values,
    { ...value, unknown: 1 },
    ...entries.flatMap(([name, member]) => [
      Object.fromEntries(entries.filter(([other]) => other !== name)),
      ...variants(member).map((variant) => ({ ...value, [name]: variant })),
    ]),
  ];
}

describe('the JSON Schema of service.json', () => {
  test.each([
    ['a function', lambda],
    ['a container with an image', batch],
    ['a container with a command', program],
  ])('agrees with the command about %s and every change of it', (_, manifest) => {
    expect(validate(manifest), JSON.stringify(validate.errors)).toBe(true);
    const all = [manifest, ...variants(manifest)];
    const different = all.filter((value) => validate(value) !== manifestSchema.safeParse(value).success);
    expect(different).toEqual([]);
    expect(all.filter((value) => validate(value)).length).toBeGreaterThan(10);
    expect(all.length).toBeGreaterThan(200);
  });

  test.each([
    ['src/index.ts', true],
    ['src/index.mts:default', true],
    ['a/b.c/main.py', true],
    ['bootstrap', true],
    ['target/lambda/app', true],
    ['src/../index.ts', false],
    ['a\\b.ts', false],
    ['src/index.tsx', false],
    ['index.ts:1a', false],
    ['main.go', false],
  ])('agrees with the command about the entry %s', (entry, isValid) => {
    const manifest = { ...lambda, source: { kind: 'lambda', entry } };
    expect(validate(manifest)).toBe(isValid);
    expect(manifestSchema.safeParse(manifest).success).toBe(isValid);
  });

  test.each([
    ['LEVEL', true],
    ['AWS_LAMBDA_EXEC_WRAPPER', true],
    ['TZ', true],
    ['AWS_REGION', false],
    ['A', false],
    ['1A', false],
    ['_A', false],
  ])('agrees with the command about the variable %s', (name, isValid) => {
    const manifest = { ...lambda, source: { kind: 'lambda', entry: 'a.ts', environment: { [name]: '' } } };
    expect(validate(manifest)).toBe(isValid);
    expect(manifestSchema.safeParse(manifest).success).toBe(isValid);
  });

  test('describes every member', () => {
    const undescribed: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [name, member] of Object.entries(value)) {
        const isMember = path.endsWith('/properties');
        if (isMember && !Object.hasOwn(Object(member), 'description')) undescribed.push(`${path}/${name}`);
        visit(member, `${path}/${name}`);
      }
    };
    visit(schema, '');
    expect(undescribed).toEqual([]);
  });
});
