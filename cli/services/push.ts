import { relative } from 'node:path';
import type { ApiAccess } from '../../bin/api-access.ts';
import type { Screen } from '../../bin/terminal/screen.ts';
import { readManifest } from '../../manifest/read-manifest.ts';
import { definitionOf, functionNameOf, jobDefinitionNameOf } from '../../manifest/resource-names.ts';
import type { ServiceManifest } from '../../manifest/service-manifest.ts';
import { register } from './register.ts';

/** Registers the versions of manifests whose code was deployed, and prints a line for each. */
export async function pushServices(api: ApiAccess, files: readonly string[], screen: Screen): Promise<void> {
  const manifests = files.map((file) => ({ file, manifest: readManifest(file) }));
  for (const { file, manifest } of manifests) {
    const { name, version } = manifest;
    const { isNew, warnings } = await register(api, { name, version, definition: definitionOf(manifest) });
    screen.print(
      [
        screen.style('bold', `${name} ${version}`),
        isNew ? 'registered' : 'up to date',
        ...(warnings?.length === 0 ? [`(${resourceOf(manifest)}: found)`] : []),
        screen.style('dim', relative(process.cwd(), file)),
      ].join('  '),
    );
    for (const { detail } of warnings ?? [])
      screen.print(`  ${screen.style('yellow', 'warning')}  ${detail}`);
  }
}

function resourceOf(manifest: ServiceManifest): string {
  return manifest.source.kind === 'lambda'
    ? `function ${functionNameOf(manifest)}`
    : `job definition ${jobDefinitionNameOf(manifest)}`;
}
