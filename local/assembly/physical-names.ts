import { createHash } from 'node:crypto';

/** Where a generated name stands: the same stack and logical id always give the same name. */
export interface NameSource {
  readonly stack: string;
  readonly logicalId: string;
}

/**
 * A name like those that CloudFormation makes for unnamed resources, but the same at every start: the
 * data on disk is found by it. At most `maximumLength` characters.
 */
export function generatedName(source: NameSource, maximumLength: number): string {
  const suffix = fingerprint(source).slice(0, 12).toUpperCase();
  const room = maximumLength - suffix.length - 1;
  return `${`${source.stack}-${source.logicalId}`.slice(0, room)}-${suffix}`;
}

/** A lower-case id of `length` (at most 40) characters, as API Gateway gives its resources. */
export function generatedId(source: NameSource, length: number): string {
  return BigInt(`0x${fingerprint(source)}`)
    .toString(36)
    .slice(0, length);
}

/** A UUID that stays the same for the resource. */
export function generatedUuid(source: NameSource): string {
  const hex = fingerprint(source);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

function fingerprint(source: NameSource): string {
  return createHash('sha256').update(`${source.stack}/${source.logicalId}`).digest('hex');
}
