import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Packages that the Node.js runtimes of Lambda contain, and which CDK therefore leaves out of bundles.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
 */
const scopes = ['@aws-sdk', '@smithy'];

/**
 * Makes the AWS SDK available to the functions of a synthesized app, as the runtimes of Lambda do: the installation that
 * the app itself uses, or else that of Errand. Does nothing for an app whose folder and Errand have none.
 */
export function linkAwsSdk(appFolder: string, assemblyDirectory: string): void {
  const modules = join(assemblyDirectory, 'node_modules');
  rmSync(modules, { recursive: true, force: true });
  mkdirSync(modules);
  for (const scope of scopes) {
    const installed = findInstalled(scope, appFolder) ?? findInstalled(scope, import.meta.dirname);
    // Windows needs no privilege for a junction; other systems ignore the type.
    if (installed !== undefined) symlinkSync(installed, join(modules, scope), 'junction');
  }
}

/** Returns the folder in which Node.js finds a package for a module in `folder`. */
function findInstalled(name: string, folder: string): string | undefined {
  const installed = join(folder, 'node_modules', name);
  if (existsSync(installed)) return installed;
  const above = dirname(folder);
  return above === folder ? undefined : findInstalled(name, above);
}
