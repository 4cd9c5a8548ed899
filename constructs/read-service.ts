import { dirname } from 'node:path';
import { ManifestError } from '../manifest/manifest-error.ts';
import { readManifest } from '../manifest/read-manifest.ts';
import type { BatchSource, LambdaSource, ServiceManifest } from '../manifest/service-manifest.ts';
import { asSynthesisErrors, SynthesisError } from './synthesis-error.ts';

interface Sources {
  readonly lambda: LambdaSource;
  readonly batch: BatchSource;
}

/** A manifest whose code runs on one of the two AWS services. */
interface Service<Kind extends keyof Sources> {
  readonly file: string;
  /** The folder of the manifest, to which the paths in it are relative. */
  readonly folder: string;
  readonly manifest: ServiceManifest;
  readonly source: Sources[Kind];
}

const constructNames = { lambda: 'LambdaService', batch: 'BatchService' } as const;

/**
 * Reads the manifest of a service of this kind for the stack of Errand with this prefix. Throws `SynthesisError` for an
 * invalid manifest and for one of the other kind.
 */
export function readService<Kind extends keyof Sources>(
  kind: Kind,
  { manifest: file, prefix }: { readonly manifest: string; readonly prefix: string },
): Service<Kind> {
  const manifest = asSynthesisErrors([ManifestError], () => readManifest(file, prefix));
  const { source } = manifest;
  if (!isOfKind(source, kind))
    throw new SynthesisError(
      `${file}: Its source has the kind "${source.kind}": use ${constructNames[source.kind]} instead of ${constructNames[kind]}.`,
    );
  return { file, folder: dirname(file), manifest, source };
}

function isOfKind<Kind extends keyof Sources>(
  source: Sources[keyof Sources],
  kind: Kind,
): source is Sources[Kind] {
  return source.kind === kind;
}
