import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerExamples } from '../../bin/register-examples.ts';
import { callApi, type TestErrand } from '../support/local-service/local-errand.ts';
import { apiUrl, createKey, output } from './deployment.ts';

export type { ApiResponse as Answer, TestErrand } from '../support/local-service/local-errand.ts';

/**
 * The deployed service with a separate tenant and the examples registered, instead of a local service: the suites of `test/e2e`
 * run against it. Of the local cloud it has only the parts that also exist on AWS.
 */
export async function startTestErrand(): Promise<TestErrand> {
  // Owners are called as they are at the local service, which the suites expect.
  const tenant = `t-${randomBytes(6).toString('hex')}`;
  const apiKey = await createKey({ tenant, principal: 'local' });
  const api = { url: apiUrl(), apiKey };
  await registerExamples(api);
  const dataDirectory = mkdtempSync(join(tmpdir(), 'errand-deployed-'));
  writeFileSync(join(dataDirectory, 'api-key'), apiKey);
  return {
    ...api,
    dataDirectory,
    tenant,
    keyDirectory: dataDirectory,
    cloud: cloud(),
    apps: [],
    call: (path, call) => callApi(api, path, call),
    stop: async () => undefined,
    end: async () => rmSync(dataDirectory, { recursive: true, force: true }),
  };
}

function cloud(): TestErrand['cloud'] {
  const known = {
    output,
    aws: {
      endpoint: process.env['AWS_ENDPOINT_URL'] ?? '',
      region: process.env['AWS_REGION'] ?? '',
      accessKeyId: process.env['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  };
  // The other parts of a local cloud exist only there, so a suite that needs them must be left out.
  return new Proxy(known, {
    get(target, name) {
      if (name in target) return target[name as keyof typeof target];
      throw new Error(`A deployed service has no ${String(name)}: leave this test out in deployed-suites.ts`);
    },
  }) as unknown as TestErrand['cloud'];
}
