import * as z from 'zod/mini';

const jobActions = ['abort', 'rerun', 'delete', 'tag'] as const;

/** The actions that an operation can apply to many jobs. */
export const jobsAction = z.enum(jobActions);

export type JobsAction = z.infer<typeof jobsAction>;

/** The actions of operations: `submit` creates the jobs of an array job. */
export const operationAction = z.enum([...jobActions, 'submit']);

export const operationStatus = z.enum(['running', 'succeeded', 'aborted']);
