import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Resource } from '../../../cloud.ts';
import { functionResource } from '../local-lambda.ts';

/** A function of Python whose code is `index.py`. */
export function pythonFunction(name: string, code: string, properties: object = {}): Resource {
  return functionResource(name, code, { Runtime: 'python3.11', ...properties }, 'index.py');
}

/** A function of an OS-only runtime whose program is a script. */
export function bootstrapFunction(name: string, script: string, properties: object = {}): Resource {
  const resource = functionResource(
    name,
    script,
    { Runtime: 'provided.al2023', Handler: 'main', ...properties },
    'bootstrap',
  );
  chmodSync(join(resource.assetDirectory ?? '', 'bootstrap'), 0o755);
  return resource;
}

/** A function of Node.js that runs in a process. */
export function nodeFunction(name: string, code: string, properties: object = {}): Resource {
  return functionResource(name, code, {
    Environment: { Variables: { ERRAND_LOCAL_PROCESS: '1' } },
    ...properties,
  });
}

/** The result of a call whose function failed. */
export function fault(errorType: string, errorMessage: unknown): object {
  return { functionError: 'Unhandled', payload: expect.objectContaining({ errorType, errorMessage }) };
}
