import * as z from 'zod/mini';

/** Environment variables of every function that checks the resource names in service definitions. */
export const resourceNameVariables = {
  /** Name prefix of the stack. */
  NAME_PREFIX: z.string().check(z.minLength(1)),
  ALLOW_SHARED_OVERRIDES: z.enum(['true', 'false']),
};
