import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Validator } from '@cfworker/json-schema';
import semver from 'semver';
import { describe, expect, test } from 'vitest';
import { serviceManifest } from '../../core/contract/schemas/service-schemas.ts';
import { maxExpressAttemptSeconds } from '../../core/jobs/model/defaults.ts';
import { readImageCommand } from '../../local/processes/image-command.ts';
import { readManifest } from '../support/manifest-schema.ts';

const examples = new URL('../../examples/', import.meta.url);
const folders = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** The folders that have a file. */
function having(file: string): readonly string[] {
  return folders.filter((name) => readdirSync(new URL(`${name}/`, examples)).includes(file));
}

const functions = having('service.json');
const containers = having('service-batch.json');
const manifests = [
  ...functions.map((name) => [name, 'service.json'] as const),
  ...containers.map((name) => [name, 'service-batch.json'] as const),
];

describe('the examples', () => {
  test('exist', () => {
    expect(functions.toSorted()).toEqual([
      'cpu-load',
      'csv-profile',
      'csv-profile-2',
      'echo',
      'fan-out',
      'flaky',
    ]);
    expect(containers.toSorted()).toEqual(['cpu-load', 'python-batch']);
  });

  test.each(functions)('include %s with a manifest that names its folder and its function', (name) => {
    const manifest = readManifest(name);
    // The folder of a later major version ends in its number.
    const [service, major = '1'] = name.split(/-(?=\d+$)/);
    expect(manifest['name']).toBe(service);
    expect(semver.major(String(manifest['version']))).toBe(Number(major));
    expect(manifest['dispatcher']).toEqual({ kind: 'lambda', functionName: `errand-service-${name}` });
    expect(manifest['attemptTimeoutSeconds']).toBeLessThanOrEqual(maxExpressAttemptSeconds);
  });

  test.each(containers)('include %s with a manifest that names its job definition', (name) => {
    const manifest = readManifest(name, 'service-batch.json');
    expect(manifest['name']).toBe(functions.includes(name) ? `${name}-batch` : name);
    expect(manifest['dispatcher']).toEqual({ kind: 'batch', jobDefinition: `errand-job-${name}` });
    expect(manifest['attemptTimeoutSeconds']).toBeGreaterThanOrEqual(60);
  });

  test.each(manifests)('include %s with a %s that can be registered', (name, file) => {
    const manifest = readManifest(name, file);
    expect(semver.valid(String(manifest['version']))).toBe(manifest['version']);
    expect(serviceManifest.safeParse(manifest)).toMatchObject({ success: true });
  });

  test.each(manifests)(
    'include %s with schemas in its %s that are small, with local references only',
    (name, file) => {
      const manifest = readManifest(name, file);
      for (const schema of [manifest.parameters, manifest.result]) {
        const text = JSON.stringify(schema);
        expect(text.length).toBeLessThan(64 * 1_024);
        for (const [, target] of text.matchAll(/"\$ref":"([^"]*)"/g)) expect(target).toMatch(/^#/);
        expect(new Validator(schema, '2020-12', false).validate('no object').valid).toBe(false);
      }
    },
  );

  test.each(functions)('include %s with an exported handler', async (name) => {
    const module: unknown = await import(new URL(`${name}/handler.ts`, examples).href);
    expect(module).toMatchObject({ handler: expect.any(Function) });
  });

  test.each(containers)(
    'include %s with an image whose command is a program of its folder or its bundle',
    (name) => {
      const dockerfile = readFileSync(new URL(`${name}/Dockerfile`, examples), 'utf8');
      const { entrypoint, command } = readImageCommand(dockerfile, name);
      expect(entrypoint).toEqual([]);
      const program = command.at(-1) ?? '';
      const copied = /^COPY (.*) \.\/$/m.exec(dockerfile)?.[1]?.split(' ');
      expect(copied).toContain(program);
      expect(
        existsSync(new URL(`${name}/${program === 'index.mjs' ? 'container.ts' : program}`, examples)),
      ).toBe(true);
    },
  );

  test('are all listed in the README', () => {
    const readme = readFileSync(new URL('README.md', examples), 'utf8');
    for (const [name, file] of manifests) {
      const { name: service, version } = readManifest(name, file);
      expect(readme).toContain(`\`${service}@${version}\``);
      expect(readme).toContain(`](${name}/)`);
    }
  });
});
