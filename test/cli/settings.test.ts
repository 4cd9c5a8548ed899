import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { dataFolder } from '../../cli/data-folder.ts';
import { apiAccess, profilesFile } from '../../cli/profiles.ts';

describe('the data folder', () => {
  test('is the nearest .errand in the folder or above it', () => {
    const root = temporaryFolder();
    mkdirSync(join(root, '.errand'));
    mkdirSync(join(root, 'a', 'b'), { recursive: true });
    expect(dataFolder(join(root, 'a', 'b'), {})).toBe(join(root, '.errand'));
    mkdirSync(join(root, 'a', '.errand'));
    expect(dataFolder(join(root, 'a', 'b'), {})).toBe(join(root, 'a', '.errand'));
  });

  test('is a new .errand in the folder if there is none', () => {
    const root = temporaryFolder();
    expect(dataFolder(root, {})).toBe(join(root, '.errand'));
  });

  test('is ERRAND_DATA_DIR if that is set, relative to the folder', () => {
    const root = temporaryFolder();
    mkdirSync(join(root, '.errand'));
    expect(dataFolder(root, { ERRAND_DATA_DIR: 'data' })).toBe(join(root, 'data'));
  });
});

describe('the API of a command', () => {
  test('is that of the profile', async () => {
    const environment = withProfiles({
      profiles: { production: { url: 'https://errand.example/live/', apiKey: 'ek_1' } },
    });
    expect(await apiAccess('production', '/nowhere', environment)).toEqual({
      url: 'https://errand.example/live',
      apiKey: 'ek_1',
    });
  });

  test('is that of the environment without a profile', async () => {
    const environment = { ERRAND_URL: 'https://errand.example/', ERRAND_API_KEY: 'ek_2' };
    expect(await apiAccess(undefined, '/nowhere', environment)).toEqual({
      url: 'https://errand.example',
      apiKey: 'ek_2',
    });
  });

  test.each([
    {
      name: 'a profile without a file',
      environment: () => withProfiles(undefined),
      message: /There is no profile production: create .*profiles\.json with \{/,
    },
    {
      name: 'an unknown profile',
      environment: () => withProfiles({ profiles: { test: { url: 'https://a.example', apiKey: 'k' } } }),
      message: /has no profile production; it has test/,
    },
    {
      name: 'a file that is not JSON',
      environment: () => withProfiles('{'),
      message: /profiles\.json is not JSON/,
    },
    {
      name: 'a URL that is none',
      environment: () => withProfiles({ profiles: { production: { url: 'nowhere', apiKey: 'k' } } }),
      message: /profiles\.json is invalid:[\s\S]*profiles\.production\.url/,
    },
  ])('is refused for $name', async ({ environment, message }) => {
    await expect(apiAccess('production', '/nowhere', environment())).rejects.toThrow(message);
  });

  test('is refused if no service runs here', async () => {
    await expect(apiAccess(undefined, temporaryFolder(), {})).rejects.toThrow(
      /No Errand runs with the data folder .*: start one with `errand dev`, or name a profile with --profile/,
    );
  });

  test('is refused for a URL without a key', async () => {
    await expect(apiAccess(undefined, '/nowhere', { ERRAND_URL: 'https://a.example' })).rejects.toThrow(
      'ERRAND_URL is set, but ERRAND_API_KEY is not: set it to an API key for that URL',
    );
  });
});

function withProfiles(content: unknown): NodeJS.ProcessEnv {
  const environment = { XDG_CONFIG_HOME: temporaryFolder() };
  const file = profilesFile(environment);
  if (content === undefined) return environment;
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return environment;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'errand-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
