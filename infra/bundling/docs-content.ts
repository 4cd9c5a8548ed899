import { brotliCompressSync, constants } from 'node:zlib';
import { buildSite } from '../../site/build-site.ts';
import type { BundleFile } from './bundle-entry.ts';

/** Builds the documentation site as a file of the function that serves it: all pages in one compressed JSON array. */
export async function docsContent(): Promise<BundleFile> {
  const { files } = await buildSite();
  const json = JSON.stringify(files);
  const contents = brotliCompressSync(json, {
    // Pages are similar to pages far before them. Quality 11 would save a tenth of the size, and take 20 times as long.
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 9,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    },
  });
  return { name: 'site.json.br', contents, loadedAtStart: true };
}
