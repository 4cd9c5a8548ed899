import { readFileSync } from 'node:fs';
import { parseWire } from '../core/contract/http/parse-wire.ts';
import { ProblemError } from '../core/contract/problems/problem-error.ts';
import type { Violation } from '../core/contract/problems/problem-schema.ts';
import { languageOfEntry, runtimes } from './lambda-source.ts';
import { ManifestError } from './manifest-error.ts';
import { manifestSentences } from './manifest-rules.ts';
import { manifestSchema, type ServiceManifest } from './service-manifest.ts';

/**
 * Reads a `service.json` and fills in the defaults of its source. `prefix` is the prefix of the stack that will invoke
 * the service. Throws `ManifestError` with every violation.
 */
export function readManifest(file: string, prefix = 'errand'): ServiceManifest {
  const value = readJson(file);
  if (isObject(value) && 'dispatcher' in value && !('source' in value))
    throw new ManifestError(file, [
      'It has a "dispatcher", which only the API accepts. The command errand needs "source" instead, such as {"kind": "lambda", "entry": "src/index.ts"}, and derives the dispatcher from it.',
    ]);
  const manifest = withRuntime(parse(file, value));
  const sentences = manifestSentences(manifest, prefix);
  if (sentences.length > 0) throw new ManifestError(file, sentences);
  return manifest;
}

function readJson(file: string): unknown {
  try {
    // Editors on Windows may write a byte order mark, which JSON.parse rejects.
    return JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new ManifestError(file, [`It is not valid JSON: ${error.message}.`]);
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new ManifestError(file, [
      isMissing ? 'The file does not exist.' : `It cannot be read: ${String(error)}.`,
    ]);
  }
}

function parse(file: string, value: unknown) {
  try {
    return parseWire(manifestSchema, value);
  } catch (error) {
    if (error instanceof ProblemError)
      throw new ManifestError(file, (error.extension.errors ?? []).map(toSentence));
    throw error;
  }
}

/** `/source/memoryMiB` becomes `source.memoryMiB`, as it is written in code and in the guide. */
function toSentence({ pointer, detail }: Violation): string {
  const path = pointer.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~');
  if (detail.startsWith('its name ')) return `The name of ${path} ${detail.slice('its name '.length)}.`;
  return `${path === '' ? 'The content' : path} ${detail}.`;
}

function withRuntime({ source, ...others }: ReturnType<typeof parse>): ServiceManifest {
  if (source.kind === 'batch') return { ...others, source };
  const [newest] = runtimes[languageOfEntry(source.entry)];
  return { ...others, source: { ...source, runtime: source.runtime ?? newest } };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
