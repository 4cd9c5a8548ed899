import * as z from 'zod/mini';

/** An action on a data object, and whether its state currently allows it; if not, `reason` explains why. */
export const dataAction = z.strictObject({
  name: z.enum(['complete', 'edit', 'delete']),
  allowed: z.boolean(),
  reason: z.optional(z.string()),
});

export type DataAction = z.infer<typeof dataAction>;

/**
 * The actions on a data object in this state, allowed or not. Jobs that use the object can also prevent its deletion, but that is
 * known only after reading them.
 */
export function dataActionsOf(status: 'uploading' | 'available' | 'failed'): DataAction[] {
  const complete: DataAction =
    status === 'failed'
      ? { name: 'complete', allowed: false, reason: 'The upload was not completed in time' }
      : { name: 'complete', allowed: true };
  return [complete, { name: 'edit', allowed: true }, { name: 'delete', allowed: true }];
}
