import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scopes } from '../../core/contract/routes/route.ts';
import { callApi, startTestErrand, type TestErrand } from '../support/local-service/local-errand.ts';

const program = fileURLToPath(new URL('../../bin/create-api-key.ts', import.meta.url));

describe('create-api-key', () => {
  let errand: TestErrand;
  let table: string;
  beforeAll(async () => {
    errand = await startTestErrand();
    table = errand.cloud.output('Errand', 'TableName');
  });
  afterAll(() => errand?.end());

  /** Runs the program against the table of the local service, which represents one in an account. */
  async function createKey(...args: readonly string[]): Promise<string> {
    const { aws } = errand.cloud;
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], {
      timeout: 15_000,
      env: {
        PATH: process.env['PATH'],
        AWS_ENDPOINT_URL: aws.endpoint,
        AWS_REGION: aws.region,
        AWS_ACCESS_KEY_ID: aws.accessKeyId,
        AWS_SECRET_ACCESS_KEY: aws.secretAccessKey,
      },
    });
    return stdout;
  }

  test('prints only a key, which is valid immediately and for its tenant only', async () => {
    const printed = await createKey('--table', table, '--tenant', 'acme');
    expect(printed).toMatch(/^ek_[\w-]{43}\n$/);
    const api = { url: errand.url, apiKey: printed.trim() };
    expect((await callApi(api, '/v1/services')).body).toEqual({ items: [] });
    expect((await errand.call('/v1/services')).body.items).not.toEqual([]);
  });

  test('gives the key all scopes of a tenant, and not admin, if none are requested', async () => {
    const key = (await createKey('--table', table, '--tenant', 'acme')).trim();
    const { body } = await callApi({ url: errand.url, apiKey: key }, '/v1/me');
    expect(body.scopes).toEqual(scopes.filter((scope) => scope !== 'admin'));
  });

  test('gives the key the requested scopes and no others', async () => {
    const key = (await createKey('--table', table, '--tenant', 'acme', '--scopes', 'jobs:read')).trim();
    const api = { url: errand.url, apiKey: key };
    expect((await callApi(api, '/v1/jobs')).status).toBe(200);
    expect((await callApi(api, '/v1/services')).status).toBe(403);
  });

  test('names the principal as owner of what is created with the key', async () => {
    const args = ['--table', table, '--tenant', errand.tenant, '--principal', 'ada@example.org'];
    const api = { url: errand.url, apiKey: (await createKey(...args)).trim() };
    const { body } = await callApi(api, '/v1/jobs', { body: { service: 'echo' } });
    expect(body.owner).toBe('ada@example.org');
  });

  test.each([
    [['--tenant', 'acme'], 'The options --table and --tenant are required'],
    [['--table', 'x', '--tenant', 'Acme'], 'The tenant name must be .* Acme'],
    [['--table', 'x', '--tenant', 'acme', '--scopes', 'jobs'], 'Unknown scope jobs'],
    [['--table', 'no-such-table', '--tenant', 'acme'], 'AccessDenied|not found|non-existent|no-such-table'],
  ])('prints no key and fails with a readable message for %j', async (args, message) => {
    const failure = await createKey(...args).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 1, stdout: '' });
    expect(failure).toHaveProperty('stderr', expect.stringMatching(message));
    expect(failure).toHaveProperty('stderr', expect.not.stringContaining('    at '));
  });
});
