import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const examples = new URL('../examples/', import.meta.url).pathname;

/** Registers every example from its manifest, containers with their own, through the API; says which. Throws the API's own words. */
export async function registerExamples(api: {
  readonly url: string;
  readonly apiKey: string;
}): Promise<readonly string[]> {
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
    // A data folder of an earlier release has jobs of the earlier definition, which then stays.
    if (response.status === 409) {
      registered.push(`${name}@${version} (as it was registered before)`);
      continue;
    }
    if (!response.ok) throw new Error(`${name} ${version} was not registered: ${await response.text()}`);
    registered.push(`${name}@${version}`);
  }
  return registered;
}
