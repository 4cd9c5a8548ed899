import type { Plugin } from 'esbuild';

/** SDK packages that a bundle loads by `import()`: the file to build, by the name it is to have in the bundle. */
export type LazyPackages = Map<string, string>;

/**
 * Leaves SDK packages out of a build where they are loaded by `import()`, and notes them for a build of their own.
 * Built together, whatever both need would be loaded at the start with all that only the lazy ones use of it.
 * The packages share no state with ours, so a second copy of the SDK's core in the lazy build does no harm.
 */
export function setAsideLazySdk(found: LazyPackages): Plugin {
  return {
    name: 'set-aside-lazy-sdk',
    setup(build) {
      build.onResolve({ filter: /^@aws-sdk\// }, async ({ path, kind, importer, resolveDir }) => {
        if (kind !== 'dynamic-import') return undefined;
        const resolved = await build.resolve(path, { kind: 'import-statement', importer, resolveDir });
        if (resolved.errors.length > 0) return { errors: resolved.errors };
        const name = path.slice(1).replaceAll('/', '-');
        found.set(name, resolved.path);
        return { path: `./${name}.mjs`, external: true };
      });
    },
  };
}
