import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { serviceDefinition } from '../../core/contract/schemas/service-schemas.ts';
import { ManifestError } from '../../manifest/manifest-error.ts';
import { readManifest } from '../../manifest/read-manifest.ts';
import { definitionOf, functionNameOf, jobDefinitionNameOf } from '../../manifest/resource-names.ts';

const folder = mkdtempSync(join(tmpdir(), 'errand-manifest-'));
const file = join(folder, 'service.json');
const lambda = {
  name: 'thumbnails',
  version: '0.1.0-dev',
  parameters: { type: 'object' },
  source: { kind: 'lambda', entry: 'src/index.ts' },
};
const batch = {
  ...lambda,
  source: { kind: 'batch', dockerfile: 'Dockerfile', vcpus: 1, memoryMiB: 2048 },
};

afterAll(() => rmSync(folder, { recursive: true }));

function read(content: unknown, prefix?: string) {
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return readManifest(file, prefix);
}

function errorOf(content: unknown): string {
  try {
    read(content);
  } catch (error) {
    if (error instanceof ManifestError) return error.message.replace(`${file}: `, '');
    throw error;
  }
  return 'The manifest is valid';
}

function withSource(source: object) {
  return { ...lambda, source: { ...lambda.source, ...source } };
}

describe('readManifest', () => {
  test('fills in the defaults of a function', () => {
    expect(read(lambda)).toEqual({
      ...lambda,
      source: { ...lambda.source, runtime: 'nodejs24.x', memoryMiB: 512, timeoutSeconds: 30 },
    });
  });

  test.each([
    ['src/index.ts:run', 'nodejs24.x'],
    ['index.mjs', 'nodejs24.x'],
    ['main.py:handler', 'python3.14'],
    ['bootstrap', 'provided.al2023'],
    ['build/go', 'provided.al2023'],
  ])('derives the runtime of %s', (entry, runtime) => {
    expect(read(withSource({ entry })).source).toMatchObject({ runtime });
  });

  test('accepts a byte order mark, and every member of a definition', () => {
    const full = { ...lambda, title: 'Thumbnails', retry: { maxAttempts: 3 }, heartbeatSeconds: 15 };
    expect(read(`\uFEFF${JSON.stringify(full)}`)).toMatchObject({ heartbeatSeconds: 15 });
  });

  test.each<[string, unknown, string]>([
    ['no JSON', '{', 'It is not valid JSON: '],
    ['no object', [], 'The content must be an object.'],
    ['an unknown member', { ...lambda, tilte: 'T' }, 'tilte is not an allowed member.'],
    [
      'a dispatcher',
      { ...lambda, source: undefined, dispatcher: { kind: 'lambda', functionName: 'x' } },
      'It has a "dispatcher", which only the API accepts. The command errand needs "source" instead, such as {"kind": "lambda", "entry": "src/index.ts"}, and derives the dispatcher from it.',
    ],
    ['no source', { ...lambda, source: undefined }, 'source is required (object).'],
    ['an unknown kind', withSource({ kind: 'ecs' }), 'source.kind must be one of lambda, batch.'],
    ['too little memory', withSource({ memoryMiB: 64 }), 'source.memoryMiB must be at least 128.'],
    ['a long timeout', withSource({ timeoutSeconds: 901 }), 'source.timeoutSeconds must be at most 900.'],
    [
      'an entry outside the folder',
      withSource({ entry: '../index.ts' }),
      'source.entry must be the path of a code file',
    ],
    [
      'an entry in another language',
      withSource({ entry: 'main.rb' }),
      'source.entry must be the path of a code file',
    ],
    [
      'a reserved variable',
      withSource({ environment: { AWS_REGION: 'x' } }),
      'The name of source.environment.AWS_REGION must have at least two',
    ],
    [
      'large variables',
      withSource({ environment: { LARGE: 'x'.repeat(4096) } }),
      'source.environment has 4101 bytes, and Lambda accepts at most 4096: read large values from a file or a parameter store.',
    ],
    [
      'a runtime of another language',
      withSource({ runtime: 'python3.13' }),
      'source.runtime "python3.13" cannot run source.entry "src/index.ts": use nodejs24.x or nodejs22.x, or omit it.',
    ],
    [
      'a function that Errand may not invoke',
      withSource({ functionName: 'thumbs' }),
      'source.functionName must begin with "errand-service-" and a name, because Errand has no permission to use any other function: write "errand-service-thumbs".',
    ],
    [
      'a name that is too long for a function',
      { ...lambda, name: 'a'.repeat(50) },
      `The name of the function, "errand-service-${'a'.repeat(50)}", has 65 characters, and AWS accepts at most 64: shorten the name of the service to 49 characters, or set source.functionName.`,
    ],
    [
      'a container with an image and a command',
      { ...batch, source: { ...batch.source, command: ['node', 'main.js'] } },
      'source must have either "dockerfile" or "command", but not both.',
    ],
    [
      'a number of vCPUs that Fargate does not offer',
      { ...batch, source: { ...batch.source, vcpus: 3 } },
      'source.vcpus must be one of 0.25, 0.5, 1, 2, 4, 8, 16.',
    ],
    [
      'memory that Fargate does not offer for the number of vCPUs',
      { ...batch, source: { ...batch.source, vcpus: 1, memoryMiB: 1000 } },
      'Fargate does not offer source.memoryMiB 1000 for source.vcpus 1, only 2048 to 8192 MiB in fixed steps: use 2048.',
    ],
    [
      'several errors',
      { ...lambda, name: 'X', version: '1' },
      'name must be 1 to 63 lower-case letters, digits and hyphens, start with a letter and not end with a hyphen. version must be a semantic version such as 1.0.0.',
    ],
  ])('refuses %s', (_, content, sentence) => {
    expect(errorOf(content)).toContain(sentence);
  });

  test('names the file that does not exist', () => {
    const missing = join(folder, 'none', 'service.json');
    expect(() => readManifest(missing)).toThrow(`${missing}: The file does not exist.`);
  });
});

describe('the definition of a manifest', () => {
  test('names the default function, and can be registered', () => {
    const definition = definitionOf(read({ ...lambda, $schema: 'https://example.org', title: 'Thumbnails' }));
    expect(serviceDefinition.parse(definition)).toEqual({
      title: 'Thumbnails',
      parameters: lambda.parameters,
      dispatcher: { kind: 'lambda', functionName: 'errand-service-thumbnails' },
    });
  });

  test('names the job definition of a container', () => {
    const manifest = read(batch);
    expect(jobDefinitionNameOf(manifest)).toBe('errand-job-thumbnails');
    expect(serviceDefinition.parse(definitionOf(manifest)).dispatcher).toEqual({
      kind: 'batch',
      jobDefinition: 'errand-job-thumbnails',
    });
  });

  test('uses the prefix of the stack', () => {
    const manifest = read(withSource({ functionName: 'acme-service-t' }), 'acme');
    expect(functionNameOf(manifest, 'acme')).toBe('acme-service-t');
    expect(() => functionNameOf(manifest)).toThrow('write "errand-service-acme-service-t"');
  });

  test('lets an attempt take as long as its function', () => {
    expect(definitionOf(read(withSource({ timeoutSeconds: 180 }))).attemptTimeoutSeconds).toBeUndefined();
    const longer = withSource({ timeoutSeconds: 600 });
    expect(definitionOf(read(longer)).attemptTimeoutSeconds).toBe(600);
    expect(definitionOf(read({ ...longer, attemptTimeoutSeconds: 60 })).attemptTimeoutSeconds).toBe(60);
  });
});
