import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiAccess } from './api-access.ts';

const examples = join(import.meta.dirname, '..', 'examples');

/**
 * Registers every example through the API, from its manifests for Lambda and for containers, and returns the
 * registered versions. An error contains the response of the API.
 */
export async function registerExamples(api: ApiAccess): Promise<readonly string[]> {
  const registered: string[] = [];
  for (const file of globSync('*/service{,-batch}.json', { cwd: examples }).sort()) {
    const { name, version, ...definition } = JSON.parse(readFileSync(join(examples, file), 'utf8')) as {
      name: string;
      version: string;
    };
    const response = await fetch(`${api.url}/v1/services/${name}/versions/${version}`, {
      method: 'PUT',
      headers: { 'x-api-key': api.apiKey, 'content-type': 'application/json' },
      body: JSON.stringify(definition),
    });
    // In a data folder of an earlier release, jobs may have used the earlier definition, which cannot be
    // changed then.
    if (response.status === 409) {
      registered.push(`${name}@${version} (unchanged: jobs have used the registered definition)`);
      continue;
    }
    if (!response.ok)
      throw new Error(
        `The registration of ${name}@${version} failed with status ${response.status}: ${await response.text()}`,
      );
    registered.push(`${name}@${version}`);
  }
  return registered;
}
