import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** The members of a `package.json` that code reads at run time: the SDK sends its version in the user agent. */
const readMembers = ['name', 'version'] as const;

/** Reduces the `package.json` files in a bundle, which contain dependencies and scripts, to the members that code reads. */
export function packageVersions(): Plugin {
  return {
    name: 'package-versions',
    setup(build) {
      build.onLoad({ filter: /[\\/]node_modules[\\/].*[\\/]package\.json$/ }, async ({ path }) => {
        const description = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>; // npm requires an object
        const contents = JSON.stringify(
          Object.fromEntries(readMembers.map((member) => [member, description[member]])),
        );
        return { contents, loader: 'json' };
      });
    },
  };
}
