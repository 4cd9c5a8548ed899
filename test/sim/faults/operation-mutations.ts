import type { Mutation } from './mutation.ts';

/** Faults of the promise "an operation treats each matched job once, and ends". */
export const operationMutations: readonly Mutation[] = [
  {
    what: 'an operation whose message was lost is never queued again',
    edits: [{ within: 'resend', from: 'await deps.operationQueue.send(key, 0);', to: '' }],
  },
  {
    what: 'an operation reruns a job again after an interruption',
    edits: [
      {
        within: 'rerunOnce',
        from: 'jobId, changes, idempotency }',
        to: 'jobId, changes }',
      },
    ],
  },
];
