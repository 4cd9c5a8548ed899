import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  assemblyWithOrigins,
  placeholderOrigin,
  templateWithOrigins,
} from '../../../bin/synthesis/assembly-with-origins.ts';

let directory: string;
let packaged: string;
let folder: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'errand-origins-'));
  packaged = join(directory, 'package');
  folder = join(directory, 'data', 'assemblies');
  mkdirSync(join(packaged, 'asset.1'), { recursive: true });
  writeFileSync(join(packaged, 'asset.1', 'index.mjs'), 'code');
  writeFileSync(join(packaged, 'Errand.template.json'), '{}');
  const template = {
    header: `'${placeholderOrigin}'`,
    variable: placeholderOrigin,
    list: [placeholderOrigin],
  };
  writeFileSync(join(packaged, templateWithOrigins), JSON.stringify(template, null, 1));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const templateOf = (copy: string) => JSON.parse(readFileSync(join(copy, 'Errand.template.json'), 'utf8'));

describe('the assembly of an installed package', () => {
  test('allows one origin by its name everywhere', () => {
    const copy = assemblyWithOrigins(packaged, folder, ['https://a.example']);
    expect(templateOf(copy)).toEqual({
      header: "'https://a.example'",
      variable: 'https://a.example',
      list: ['https://a.example'],
    });
    expect(readFileSync(join(copy, 'asset.1', 'index.mjs'), 'utf8')).toBe('code');
    expect(templateOf(packaged)).toEqual({});
  });

  test('allows several origins by their names, except where a response has one literal origin', () => {
    const origins = ['https://a.example', 'https://b.example'];
    const copy = assemblyWithOrigins(packaged, folder, origins);
    expect(templateOf(copy)).toEqual({ header: "'*'", variable: origins.join(' '), list: origins });
  });

  test('is copied once for the same origins, and not into a copy that was not completed', () => {
    const copy = assemblyWithOrigins(packaged, folder, ['https://a.example']);
    mkdirSync(`${copy}.interrupted`);
    writeFileSync(join(copy, 'used'), '');
    expect(assemblyWithOrigins(packaged, folder, ['https://a.example'])).toBe(copy);
    expect(readdirSync(copy)).toContain('used');
    expect(assemblyWithOrigins(packaged, folder, ['*'])).not.toBe(copy);
  });
});
