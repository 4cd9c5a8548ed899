import * as z from 'zod/mini';
import type { TargetRules } from '../../core/services/target-rules.ts';

/** Environment variables of every function that checks target names of service definitions. */
export const targetVariables = {
  /** Name prefix of the stack. */
  NAME_PREFIX: z.string().check(z.minLength(1)),
  ALLOW_SHARED_OVERRIDES: z.enum(['true', 'false']),
};

/** The target rules from the function's environment. */
export function targetRules(environment: {
  readonly NAME_PREFIX: string;
  readonly ALLOW_SHARED_OVERRIDES: 'true' | 'false';
}): TargetRules {
  return {
    prefix: environment.NAME_PREFIX,
    allowsSharedOverrides: environment.ALLOW_SHARED_OVERRIDES === 'true',
  };
}
