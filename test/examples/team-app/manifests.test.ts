import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { serviceDefinition } from '../../../core/contract/schemas/service-schemas.ts';
import { checkDefinition } from '../../../core/services/check-definition.ts';
import { readImageCommand } from '../../../local/processes/image-command.ts';
import { findManifests } from '../../../manifest/find-manifests.ts';
import { readManifest } from '../../../manifest/read-manifest.ts';
import { definitionOf } from '../../../manifest/resource-names.ts';

const app = join(import.meta.dirname, '..', '..', '..', 'examples', 'team-app');
const files = findManifests(app).map((file) => relative(app, file).replaceAll('\\', '/'));

test('the team app has three services', () => {
  expect(files).toEqual(['estimate-pi/service.json', 'match-names/service.json', 'thumbnails/service.json']);
});

test.each(files)('the definition of %s can be registered', async (file) => {
  const definition = serviceDefinition.parse(definitionOf(readManifest(join(app, file))));
  await expect(checkDefinition(definition)).resolves.toBeUndefined();
});

test.each(files)('the README lists the service of %s', (file) => {
  const { name, version } = readManifest(join(app, file));
  expect(readFileSync(join(app, 'README.md'), 'utf8')).toContain(`[\`${name}@${version}\`](${name}/)`);
});

test('the image of estimate-pi runs its program', () => {
  const dockerfile = readFileSync(join(app, 'estimate-pi', 'Dockerfile'), 'utf8');
  expect(readImageCommand(dockerfile, 'estimate-pi').command).toEqual(['python3', '-u', '-B', 'main.py']);
});

test('the team app uses the packed tarball and the versions of this checkout', () => {
  type Versions = Readonly<Record<string, string>>;
  const read = (...path: readonly string[]) =>
    JSON.parse(readFileSync(join(app, ...path), 'utf8')) as Readonly<
      Record<'dependencies' | 'devDependencies', Versions>
    > & {
      readonly version: string;
    };
  const { version } = read('..', '..', 'package', 'package.json');
  const { errand, ...dependencies } = read('package.json').dependencies;
  expect(errand).toBe(`file:../../dist/errand-${version}.tgz`);
  const { devDependencies } = read('package.json');
  expect(read('..', '..', 'package.json').devDependencies).toMatchObject({
    ...dependencies,
    ...devDependencies,
  });
});
