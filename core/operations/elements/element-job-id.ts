import { createHash } from 'node:crypto';

/** The operation, the time in the ID (epoch milliseconds), and the number of the element from 0. */
export interface ElementOfOperation {
  readonly operationId: string;
  readonly idTime: number;
  readonly index: number;
}

/**
 * The bits after the time of a UUIDv7 may be a counter (RFC 9562, 6.2, method 1): here 12 bits before the variant and 6 behind it, which
 * is enough for 262,144 elements.
 */
const lowBits = 6;

/**
 * The ID of the job of an element: always the same UUIDv7 for the same operation, time and element, so that a repeated turn creates
 * no second job. IDs with the same time are in the order of the elements.
 */
export function elementJobId({ operationId, idTime, index }: ElementOfOperation): string {
  const time = idTime.toString(16).padStart(12, '0');
  const high = (index >> lowBits).toString(16).padStart(3, '0');
  const variantAndLow = (0x80 | (index & (2 ** lowBits - 1))).toString(16);
  const rest = createHash('sha256').update(`${operationId}\n${index}`).digest('hex').slice(0, 14);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${high}-${variantAndLow}${rest.slice(0, 2)}-${rest.slice(2)}`;
}
