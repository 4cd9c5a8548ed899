import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** A bundle for browsers. */
export interface ClientBundle {
  readonly code: string;
  readonly gzipBytes: number;
  /** The files that it contains, relative to the folder. */
  readonly files: readonly string[];
}

/**
 * Bundles a module for browsers, minified, without replacements for modules of Node.js. Throws if it imports one.
 * @param file relative to the folder
 */
export async function bundleForBrowsers(file: string, folder: string): Promise<ClientBundle> {
  const { outputFiles, metafile } = await build({
    entryPoints: [file],
    absWorkingDir: folder,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const code = outputFiles.map(({ text }) => text).join('');
  const files = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  return { code, gzipBytes: gzipSync(code, { level: 9 }).length, files };
}
