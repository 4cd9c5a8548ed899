import * as z from 'zod/mini';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Any JSON value. It was parsed from JSON and is not validated further. */
export const jsonValue = z.custom<JsonValue>((value) => value !== undefined);

/** Any JSON object. It was parsed from JSON and is not validated further. */
export const jsonObject = z
  .custom<JsonObject>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'must be an object',
  )
  .register(z.globalRegistry, { type: 'object', additionalProperties: true });
