import * as z from 'zod/v4/core';

/** JSON Schema of a Zod schema, without `$schema`. Values that are not validated allow anything. */
export function toJsonSchema(schema: z.$ZodType): Readonly<Record<string, unknown>> {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' });
  return json;
}
