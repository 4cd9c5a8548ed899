import { resourcePrefix } from '../core/contract/resource-names.ts';
import type { ServiceDefinition } from '../core/contract/schemas/service-schemas.ts';
import { ManifestError } from './manifest-error.ts';
import { resourceNameSentences } from './manifest-rules.ts';
import type { ServiceManifest } from './service-manifest.ts';

/**
 * The name of the function of a service: `errand-service-<name>` unless the manifest has one. `prefix` is the prefix of
 * the stack. Throws `ManifestError` if the stack may not use the name, if AWS does not accept it, and for a service on
 * AWS Batch.
 */
export function functionNameOf(manifest: ServiceManifest, prefix = 'errand'): string {
  const { name, source } = manifest;
  if (source.kind !== 'lambda')
    throw new ManifestError(name, ['The service runs on AWS Batch and has no function.']);
  checkNames(manifest, prefix);
  return source.functionName ?? `${resourcePrefix(prefix, 'functionName')}${name}`;
}

/**
 * The name of the job definition of a service: `errand-job-<name>` unless the manifest has one. `prefix` is the prefix of
 * the stack. Throws `ManifestError` if the stack may not use the name, if AWS does not accept it, and for a service on
 * Lambda.
 */
export function jobDefinitionNameOf(manifest: ServiceManifest, prefix = 'errand'): string {
  const { name, source } = manifest;
  if (source.kind !== 'batch')
    throw new ManifestError(name, ['The service runs on Lambda and has no job definition.']);
  checkNames(manifest, prefix);
  return source.jobDefinition ?? `${resourcePrefix(prefix, 'jobDefinition')}${name}`;
}

/** Attempts have this limit if the definition has none. */
const defaultAttemptSeconds = 180;

/**
 * The body of `PUT /v1/services/{name}/versions/{version}`: the members of the definition and the dispatcher that the
 * source leads to. A function that may run for longer than the default limit of an attempt raises this limit. Throws
 * like `functionNameOf`.
 */
export function definitionOf(manifest: ServiceManifest, prefix = 'errand'): ServiceDefinition {
  const { $schema: _, name: _name, version: _version, source, ...definition } = manifest;
  if (source.kind === 'batch') {
    const jobDefinition = jobDefinitionNameOf(manifest, prefix);
    return { ...definition, dispatcher: { kind: 'batch', jobDefinition } };
  }
  const dispatcher = { kind: 'lambda', functionName: functionNameOf(manifest, prefix) } as const;
  const isLonger = source.timeoutSeconds > defaultAttemptSeconds;
  return {
    ...(isLonger ? { attemptTimeoutSeconds: source.timeoutSeconds } : {}),
    ...definition,
    dispatcher,
  };
}

function checkNames(manifest: ServiceManifest, prefix: string): void {
  const sentences = resourceNameSentences(manifest, prefix);
  if (sentences.length > 0) throw new ManifestError(manifest.name, sentences);
}
