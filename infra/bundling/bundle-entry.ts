import { join, relative } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { packageVersions } from './package-versions.ts';
import { type LazyPackages, splitLazySdk } from './split-lazy-sdk.ts';

export interface BundleFile {
  /** Name within the bundle, without directories. */
  readonly name: string;
  readonly contents: Uint8Array;
  /** False for files that are only reachable by a dynamic `import()`. */
  readonly loadedAtStart: boolean;
}

export interface BundleSource {
  /** Absolute; paths in the bundle are relative to it, so that every checkout produces the same bytes. */
  readonly rootDirectory: string;
  /** Relative to the root. */
  readonly entryFile: string;
}

const options = {
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  outExtension: { '.js': '.mjs' },
  banner: {
    // Some CommonJS packages require built-in modules, which ES modules cannot.
    // https://nodejs.org/api/module.html#modulecreaterequirefilename
    js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
  },
  // The SDK provides tree-shakable modules only under this condition; without it a bundle is 50% larger.
  conditions: ['module'],
  mainFields: ['module', 'main'],
  alias: { '@aws-sdk/credential-provider-node': join(import.meta.dirname, 'environment-credentials.ts') },
  legalComments: 'none',
  logLevel: 'silent',
} as const satisfies BuildOptions;

/** The builds of SDK packages that a bundle loads late, by the packages: several functions have the same. */
export type LazyBuilds = Map<string, Promise<readonly BundleFile[]>>;

/**
 * Bundles one function and its dependencies into ES modules for Node 24, `index.mjs` first. Throws when a
 * module is missing, and for any warning.
 */
export async function bundleEntry(
  { rootDirectory, entryFile }: BundleSource,
  lazyBuilds: LazyBuilds = new Map(),
): Promise<readonly BundleFile[]> {
  const lazy: LazyPackages = new Map();
  const ownFiles = await buildFiles({
    absWorkingDir: rootDirectory,
    entryPoints: { index: entryFile },
    plugins: [splitLazySdk(lazy), packageVersions()],
  });
  if (lazy.size === 0) return ownFiles;
  // Sorted, because the order in which the files were found varies.
  const packages = [...lazy].sort();
  const key = JSON.stringify(packages);
  const lazyFiles = lazyBuilds.get(key) ?? buildLazy(rootDirectory, packages);
  lazyBuilds.set(key, lazyFiles);
  return [...ownFiles, ...(await lazyFiles)];
}

async function buildLazy(
  rootDirectory: string,
  packages: ReadonlyArray<readonly [string, string]>,
): Promise<readonly BundleFile[]> {
  const files = await buildFiles({
    absWorkingDir: rootDirectory,
    entryPoints: Object.fromEntries(packages),
    chunkNames: 'lazy-[hash]',
    plugins: [packageVersions()],
  });
  return files.map((file) => ({ ...file, loadedAtStart: false }));
}

async function buildFiles(
  specificOptions: BuildOptions & { readonly absWorkingDir: string },
): Promise<readonly BundleFile[]> {
  const result = await build({
    ...options,
    ...specificOptions,
    outdir: specificOptions.absWorkingDir,
    write: false,
    metafile: true,
  });
  const warnings = result.warnings.map((warning) => warning.text);
  if (warnings.length > 0) throw new Error(`Bundling produced warnings: ${warnings.join('; ')}`);
  const atStart = reachedByStaticImports(result.metafile.outputs, 'index.mjs');
  return result.outputFiles.map((file) => {
    const name = relative(specificOptions.absWorkingDir, file.path);
    return { name, contents: file.contents, loadedAtStart: atStart.has(name) };
  });
}

function reachedByStaticImports(outputs: Metafile['outputs'], first: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const pending = [first];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    const imports = outputs[name]?.imports ?? [];
    pending.push(
      ...imports
        .filter(({ kind, external }) => kind === 'import-statement' && !external)
        .map(({ path }) => path),
    );
  }
  return reached;
}
