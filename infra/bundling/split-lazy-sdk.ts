import type { Plugin } from 'esbuild';

/** SDK packages that a bundle loads by `import()`: the file to build, by its name in the bundle. */
export type LazyPackages = Map<string, string>;

/**
 * Excludes SDK packages that are loaded by `import()` from a build, and records them for a separate build. In
 * a common build, shared code would be loaded at the start, including the parts that only the lazy packages
 * use. The packages share no state with the rest, so a second copy of the SDK's core in the lazy build is
 * harmless.
 */
export function splitLazySdk(lazyPackages: LazyPackages): Plugin {
  return {
    name: 'split-lazy-sdk',
    setup(build) {
      build.onResolve({ filter: /^@aws-sdk\// }, async ({ path, kind, importer, resolveDir }) => {
        if (kind !== 'dynamic-import') return undefined;
        const resolved = await build.resolve(path, { kind: 'import-statement', importer, resolveDir });
        if (resolved.errors.length > 0) return { errors: resolved.errors };
        const name = path.slice(1).replaceAll('/', '-');
        lazyPackages.set(name, resolved.path);
        return { path: `./${name}.mjs`, external: true };
      });
    },
  };
}
