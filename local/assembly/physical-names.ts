import { createHash } from 'node:crypto';

/** Input of a generated name. The same stack and logical id always result in the same name. */
export interface NameSource {
  readonly stack: string;
  readonly logicalId: string;
}

/**
 * Generates a name in the format that CloudFormation uses for unnamed resources, with at most `maximumLength`
 * characters. The name is the same at every start, because data on disk is found by it.
 */
export function generatedName(source: NameSource, maximumLength: number): string {
  const suffix = fingerprint(source).slice(0, 12).toUpperCase();
  const room = maximumLength - suffix.length - 1;
  return `${`${source.stack}-${source.logicalId}`.slice(0, room)}-${suffix}`;
}

/** Generates a lower-case id of `length` (at most 40) characters, in the format of API Gateway's ids. */
export function generatedId(source: NameSource, length: number): string {
  return BigInt(`0x${fingerprint(source)}`)
    .toString(36)
    .slice(0, length);
}

/** Generates a UUID that is always the same for the resource. */
export function generatedUuid(source: NameSource): string {
  const hex = fingerprint(source);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

function fingerprint(source: NameSource): string {
  return createHash('sha256').update(`${source.stack}/${source.logicalId}`).digest('hex');
}
