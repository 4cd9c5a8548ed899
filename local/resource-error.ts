import { labelOf } from './assembly/resource-label.ts';
import type { Resource } from './cloud.ts';
import { messageOf } from './error-message.ts';

/** Thrown if one resource prevents the start of the runtime, so that its app can be left out. */
export class ResourceError extends Error {
  override readonly name = 'ResourceError';
  readonly resource: Resource;

  constructor(resource: Resource, cause: unknown) {
    super(`${labelOf(resource)}: ${messageOf(cause)}`, { cause });
    this.resource = resource;
  }
}
