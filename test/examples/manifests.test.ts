import { readdirSync, readFileSync } from 'node:fs';
import { Validator } from '@cfworker/json-schema';
import semver from 'semver';
import { describe, expect, it } from 'vitest';
import { serviceManifest } from '../../core/contract/service-schemas.ts';
import { readManifest } from './manifest-schema.ts';

const examples = new URL('../../examples/', import.meta.url);
const names = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .filter((name) => readdirSync(new URL(`${name}/`, examples)).includes('service.json'));

describe('the examples', () => {
  it('are there', () => {
    expect(names).toEqual(expect.arrayContaining(['echo', 'csv-profile']));
  });

  it.each(names)('%s has a manifest that names its folder, a version and its function', (name) => {
    const manifest = readManifest(name);
    expect(manifest['name']).toBe(name);
    expect(semver.valid(String(manifest['version']))).toBe(manifest['version']);
    expect(manifest['dispatcher']).toEqual({ kind: 'lambda', functionName: `errand-service-${name}` });
    expect(manifest['attemptTimeoutSeconds']).toBeLessThanOrEqual(240);
    expect(serviceManifest.safeParse(manifest)).toMatchObject({ success: true });
  });

  it.each(names)('%s has schemas small enough to register, with local references only', (name) => {
    const manifest = readManifest(name);
    for (const schema of [manifest.parameters, manifest.result]) {
      const text = JSON.stringify(schema);
      expect(text.length).toBeLessThan(64 * 1_024);
      for (const [, target] of text.matchAll(/"\$ref":"([^"]*)"/g)) expect(target).toMatch(/^#/);
      expect(new Validator(schema, '2020-12', false).validate('no object').valid).toBe(false);
    }
  });

  it.each(names)('%s exports a handler', async (name) => {
    const module: unknown = await import(new URL(`${name}/handler.ts`, examples).href);
    expect(module).toMatchObject({ handler: expect.any(Function) });
  });

  it('are all listed in the README', () => {
    const readme = readFileSync(new URL('README.md', examples), 'utf8');
    for (const name of names) expect(readme).toContain(`](${name}/)`);
  });
});
