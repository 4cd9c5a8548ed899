import type { Mutation } from './mutation.ts';

/** Faults of the promise "an operation treats each matched job once, and ends", and of the records of reruns. */
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
  {
    what: 'a rerun that could not be recorded on its job is not delivered again',
    edits: [{ within: 'recordReruns', from: '      return positions;', to: '      return [];' }],
  },
];
