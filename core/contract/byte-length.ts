import * as z from 'zod/mini';

const encoder = new TextEncoder();

/**
 * Checks that a text has at most `maxBytes` bytes in UTF-8. Keys of DynamoDB and S3 are limited in bytes, and
 * a character takes 1 to 4 of them
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html).
 */
export function maxUtf8Bytes(maxBytes: number) {
  return z.refine<string>((text) => encoder.encode(text).length <= maxBytes, {
    error: ({ input }) =>
      `must be at most ${maxBytes} bytes in UTF-8, not ${encoder.encode(String(input)).length}: shorten it`,
  });
}
