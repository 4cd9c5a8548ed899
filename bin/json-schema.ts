import * as z from 'zod/v4/core';

/** JSON Schema of a shape of the wire, without its dialect; values that are not looked into are anything. */
export function toJsonSchema(schema: z.$ZodType): Readonly<Record<string, unknown>> {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' });
  return json;
}
