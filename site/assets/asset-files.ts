import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { SiteFile } from '../page.ts';

/** Builds the stylesheet, the script and the icon of the pages. */
export async function assetFiles(): Promise<readonly SiteFile[]> {
  const script = await build({
    absWorkingDir: join(import.meta.dirname, '..', '..'),
    entryPoints: [join(import.meta.dirname, '../browser/main.ts')],
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    write: false,
    legalComments: 'none',
    logLevel: 'silent',
  });
  return [
    { path: 'assets/site.css', mediaType: 'text/css; charset=utf-8', text: readAsset('site.css') },
    { path: 'assets/icon.svg', mediaType: 'image/svg+xml', text: readAsset('icon.svg') },
    {
      path: 'assets/site.js',
      mediaType: 'text/javascript; charset=utf-8',
      text: script.outputFiles[0]?.text ?? '',
    },
  ];
}

function readAsset(name: string): string {
  return readFileSync(join(import.meta.dirname, name), 'utf8');
}
