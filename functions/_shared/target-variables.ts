import * as z from 'zod/mini';
import type { TargetRules } from '../../core/services/target-rules.ts';

/** What every function needs that decides what a definition may name. */
export const targetVariables = {
  /** The stack's prefix. */
  NAME_PREFIX: z.string().check(z.minLength(1)),
  ALLOW_SHARED_OVERRIDES: z.enum(['true', 'false']),
};

/** The rules as the function's environment has them. */
export function targetRules(environment: {
  readonly NAME_PREFIX: string;
  readonly ALLOW_SHARED_OVERRIDES: 'true' | 'false';
}): TargetRules {
  return {
    prefix: environment.NAME_PREFIX,
    allowsSharedOverrides: environment.ALLOW_SHARED_OVERRIDES === 'true',
  };
}
