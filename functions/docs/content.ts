import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, gzipSync } from 'node:zlib';

/** A file of the site in the bundle. */
interface StoredFile {
  /** Path below the root of the site; empty for the first page. */
  readonly path: string;
  readonly mediaType: string;
  readonly text: string;
}

/** A file of the site with what a response needs. */
export interface ContentFile {
  readonly mediaType: string;
  readonly text: string;
  /** Changes with the text. */
  readonly digest: string;
  /** Returns the text compressed with gzip. */
  readonly gzipped: () => Buffer;
}

/** The files of the site by path. */
export type Content = ReadonlyMap<string, ContentFile>;

/**
 * Reads all files of the site, which the bundle has beside its code. They are compressed together, because the pages have most of
 * their text in common: this takes a third of the size, and 40 ms at the start of the function.
 */
export function readContent(directory: string): Content {
  const json = brotliDecompressSync(readFileSync(join(directory, 'site.json.br'))).toString();
  const files = JSON.parse(json) as readonly StoredFile[]; // written by infra/bundling/docs-content.ts
  return contentOf(files);
}

/** Prepares files for responses; a digest and a compressed form are made by the first response that needs them. */
export function contentOf(files: readonly StoredFile[]): Content {
  return new Map(files.map((file) => [file.path, contentFile(file)]));
}

function contentFile({ mediaType, text }: StoredFile): ContentFile {
  let digest: string | undefined;
  let gzipped: Buffer | undefined;
  return {
    mediaType,
    text,
    get digest() {
      digest ??= createHash('sha256').update(text).digest('base64url').slice(0, 22);
      return digest;
    },
    gzipped: () => {
      gzipped ??= gzipSync(text, { level: 6 });
      return gzipped;
    },
  };
}
