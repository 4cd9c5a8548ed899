import * as z from 'zod/mini';

/** The actions that an operation can apply to many jobs. */
export const operationAction = z.enum(['abort', 'rerun', 'delete', 'tag']);

export type OperationAction = z.infer<typeof operationAction>;

export const operationStatus = z.enum(['running', 'succeeded', 'aborted']);
