import { createHash } from 'node:crypto';

/** The operation, the time in the ID (epoch milliseconds), and the number of the element from 0. */
export interface ElementOfOperation {
  readonly operationId: string;
  readonly idTime: number;
  readonly index: number;
}

/** The 12 bits after the version of a UUIDv7 may be a counter (RFC 9562, 6.2, method 1). */
const counterSize = 4096;

/**
 * The ID of the job of an element: always the same UUIDv7 for the same operation, time and element, so that a repeated turn creates
 * no second job. Jobs of neighboring elements with the same time are in the order of the elements.
 */
export function elementJobId({ operationId, idTime, index }: ElementOfOperation): string {
  const time = idTime.toString(16).padStart(12, '0');
  const counter = (index % counterSize).toString(16).padStart(3, '0');
  const random = createHash('sha256').update(`${operationId}\n${index}`).digest();
  const variant = (0x80 | ((random[0] ?? 0) & 0x3f)).toString(16);
  const rest = random.subarray(1, 8).toString('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter}-${variant}${rest.slice(0, 2)}-${rest.slice(2)}`;
}
