import { join, resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vitest/config';
import { leftOut, suites } from './deployed-suites.ts';

const root = resolve(import.meta.dirname, '../..');
const deployed = join(import.meta.dirname, 'deployed-errand.ts');

/** Gives suites the deployed service instead of a local one. */
const ontoDeployment: Plugin = {
  name: 'onto-deployment',
  enforce: 'pre',
  resolveId(source, importer) {
    // A resolved path has no dots, and is the path of a file.
    const isRequested = source.startsWith('.') && source.endsWith('/support/local-service/local-errand.ts');
    return isRequested && importer?.startsWith(deployed) !== true ? deployed : undefined;
  },
};

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
const names = leftOut.flatMap(({ tests }) => tests.map(escaped));
const phase = (name: string) => ({
  extends: true as const,
  test: { name, include: [`test/deploy/checks/${name}/*.check.ts`] },
});

export default defineConfig({
  root,
  plugins: [ontoDeployment],
  test: {
    maxWorkers: 3,
    testNamePattern: new RegExp(`^(?!.*(?:${names.join('|')}))`),
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'suites',
          include: [...suites],
        },
      },
      phase('deployed'),
      phase('refused'),
      phase('upgraded'),
      phase('destroyed'),
    ],
  },
});
