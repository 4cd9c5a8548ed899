import { createRequire } from 'node:module';
import type { Plugin } from 'esbuild';
import { resolveAgain } from './resolve-again.ts';

const require = createRequire(import.meta.url);

/**
 * Resolves `errand/worker` and the other entries of the package `errand` from the user's `node_modules`, and otherwise from
 * this package, so that a service without any installed package can be built.
 */
export const ownPackage: Plugin = {
  name: 'own-package',
  setup(build) {
    build.onResolve({ filter: /^errand\// }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (pluginData === resolveAgain) return undefined;
      const installed = await build.resolve(path, { kind, importer, resolveDir, pluginData: resolveAgain });
      if (installed.errors.length === 0) return installed;
      try {
        return { path: require.resolve(path) };
      } catch {
        // Reported by the compiler, with the location of the import.
        return undefined;
      }
    });
  },
};
