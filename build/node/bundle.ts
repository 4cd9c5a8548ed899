import { existsSync } from 'node:fs';
import { basename, join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildOptions, type BuildResult, build as runEsbuild } from 'esbuild';
import { splitEntry } from '../../manifest/lambda-source.ts';
import type { LanguageBuild } from '../model/build-input.ts';
import { entryModule, locatedText, toBuildError } from './bundle-error.ts';
import { type LeftOut, leaveOutPackages } from './leave-out-packages.ts';
import { ownPackage } from './own-package.ts';

/** The bundle of a function. */
interface Bundle {
  /** `index.mjs`, its source map, and files of machine code that the user's own modules load. */
  readonly files: readonly { readonly name: string; readonly contents: Uint8Array }[];
  /** Absolute files of the user; packages in `node_modules` are not among them. */
  readonly inputs: readonly string[];
  /** The packages that are not in the bundle, by name. */
  readonly leftOut: ReadonlyMap<string, LeftOut>;
  /** Warnings about the user's own modules. */
  readonly warnings: readonly string[];
}

/**
 * CommonJS packages need variables that ES modules do not have. They are global, because constants could collide with
 * those of the user's modules. https://nodejs.org/api/esm.html#differences-between-es-modules-and-commonjs
 */
const banner = [
  "import { createRequire as errandCreateRequire } from 'node:module';",
  'globalThis.require ??= errandCreateRequire(import.meta.url);',
  'globalThis.__filename ??= import.meta.filename;',
  'globalThis.__dirname ??= import.meta.dirname;',
].join('');

/** Bundles the entry of a function with its packages. Throws `BuildError` for the first error of the compiler. */
export async function bundle(input: LanguageBuild): Promise<Bundle> {
  const { folder, source } = input;
  const leftOut = new Map<string, LeftOut>();
  const plugins = [ownPackage, leaveOutPackages(source.external ?? [], leftOut)];
  const result = await compile({ ...optionsFor(input), plugins }).catch((error: unknown) => {
    throw toBuildError(error, { folder, entry: source.entry });
  });
  const files = (result.outputFiles ?? []).map(({ path, contents }) => ({ name: basename(path), contents }));
  const inputs = Object.keys(result.metafile?.inputs ?? {})
    .filter((name) => !isPackageFile(name))
    .map((name) => resolve(folder, name))
    .filter(existsSync);
  const warnings = result.warnings
    .filter(({ location }) => location !== null && !isPackageFile(location.file))
    .map((message) => locatedText(message));
  return { files, inputs, leftOut, warnings };
}

function isPackageFile(name: string): boolean {
  return name.split(/[/\\]/).includes('node_modules');
}

function optionsFor({ folder, source, target }: LanguageBuild): BuildOptions {
  const { file, exportName } = splitEntry(source.entry);
  return {
    // The compiler then reports an export that does not exist, and leaves out what the function does not use.
    stdin: {
      contents: `export { ${exportName} } from ${JSON.stringify(`./${file}`)};`,
      resolveDir: folder,
      sourcefile: entryModule,
    },
    absWorkingDir: folder,
    // Paths in the source map are relative to the folder, so that every checkout produces the same bytes.
    outfile: join(folder, 'index.mjs'),
    ...(target.kind === 'local'
      ? { sourceRoot: pathToFileURL(folder + sep).href }
      : { minify: true, keepNames: true }),
    sourcemap: 'linked',
    write: false,
    metafile: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: source.runtime.replace(/^nodejs(\d+)\.x$/, 'node$1'),
    banner: { js: banner },
    loader: { '.node': 'copy' },
    assetNames: '[name]-[hash]',
    legalComments: 'none',
    logLevel: 'silent',
  };
}

/**
 * Other users of the compiler in this process may stop its service, which ends every build that is running; the next build
 * starts it again.
 */
async function compile(options: BuildOptions): Promise<BuildResult> {
  try {
    return await runEsbuild(options);
  } catch (error) {
    if (error instanceof Error && /service (?:was stopped|is no longer running)/.test(error.message))
      return runEsbuild(options);
    throw error;
  }
}
