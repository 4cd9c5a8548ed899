import type { Resource } from '../cloud.ts';

/** What identifies a resource for the author of its app. */
type Labelled = Pick<Resource, 'stack' | 'logicalId' | 'type' | 'constructPath'>;

/**
 * Returns the stack, logical id, type and construct path of a resource for error messages, such as
 * `Team/Jobs4D2A (AWS::SQS::Queue, construct Team/Jobs/Resource)`.
 */
export function labelOf({ stack, logicalId, type, constructPath }: Labelled): string {
  const construct = constructPath === undefined ? '' : `, construct ${constructPath}`;
  return `${stack}/${logicalId} (${type}${construct})`;
}
