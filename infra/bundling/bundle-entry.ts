import { relative } from 'node:path';
import { build, type Metafile } from 'esbuild';

export interface BundleFile {
  /** Name within the bundle, without directories. */
  readonly name: string;
  readonly contents: Uint8Array;
  /** False for chunks that only a dynamic `import()` reaches. */
  readonly loadedAtStart: boolean;
}

export interface BundleOptions {
  /** Absolute; paths in the bundle are made relative to it, so that every checkout gives the same bytes. */
  readonly rootDirectory: string;
  /** Relative to the root. */
  readonly entryFile: string;
}

/**
 * Some CommonJS packages call `require` for a built-in module, which ES modules do not have.
 * https://nodejs.org/api/module.html#modulecreaterequirefilename
 */
const banner = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/** Bundles one function with all it needs into ES modules for Node 24, `index.mjs` first. Throws on any warning. */
export async function bundleEntry(options: BundleOptions): Promise<readonly BundleFile[]> {
  const result = await build({
    absWorkingDir: options.rootDirectory,
    entryPoints: [options.entryFile],
    outdir: options.rootDirectory,
    entryNames: 'index',
    outExtension: { '.js': '.mjs' },
    banner: { js: banner },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // The SDK offers its tree-shakable modules under this condition only; without it a bundle is half as large again.
    conditions: ['module'],
    mainFields: ['module', 'main'],
    legalComments: 'none',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const warnings = result.warnings.map((warning) => warning.text);
  if (warnings.length > 0)
    throw new Error(`Bundling ${options.entryFile} gave warnings: ${warnings.join('; ')}`);
  const atStart = loadedAtStart(result.metafile.outputs, 'index.mjs');
  return result.outputFiles.map((file) => {
    const name = relative(options.rootDirectory, file.path);
    return { name, contents: file.contents, loadedAtStart: atStart.has(name) };
  });
}

function loadedAtStart(outputs: Metafile['outputs'], first: string): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [first];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    const imports = outputs[name]?.imports ?? [];
    open.push(
      ...imports.filter((one) => one.kind === 'import-statement' && !one.external).map((one) => one.path),
    );
  }
  return found;
}
