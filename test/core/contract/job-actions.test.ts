import { describe, expect, test } from 'vitest';
import { actionsOf, jobAction } from '../../../core/contract/job-actions.ts';
import {
  isAllowedTransition,
  isTerminal,
  type JobStatus,
  jobStatuses,
} from '../../../core/contract/job-state.ts';

function allowed(status: JobStatus, name: string): boolean | undefined {
  return actionsOf(status).find((action) => action.name === name)?.allowed;
}

/** Written by hand, so that a change of the code requires a change of this table. */
const abortable: readonly JobStatus[] = [
  'draft',
  'ready',
  'waiting',
  'pending',
  'scheduled',
  'executing',
  'retrying',
];

describe('the actions of a job', () => {
  test.each(jobStatuses)(
    'have the form of the contract when it is %s, with a reason for each action that is not allowed',
    (status) => {
      const actions = actionsOf(status);
      expect(actions.map(({ name }) => name)).toEqual(['edit', 'start', 'abort', 'rerun', 'delete']);
      for (const action of actions) {
        expect(jobAction.parse(action)).toEqual(action);
        expect(action.reason === undefined).toBe(action.allowed);
      }
    },
  );

  test('include an edit of everything until a job is started, and list what can be edited later', () => {
    expect(jobStatuses.filter((status) => allowed(status, 'edit'))).toEqual(['draft', 'ready']);
    for (const status of jobStatuses.filter((one) => !allowed(one, 'edit'))) {
      const { reason } = actionsOf(status).find(({ name }) => name === 'edit') ?? {};
      expect(reason, status).toContain('Only name, tags and metadata');
    }
  });

  test('include a start if and only if the job is ready', () => {
    expect(jobStatuses.filter((status) => allowed(status, 'start'))).toEqual(['ready']);
  });

  test('include an abort if and only if an abort would change something', () => {
    expect(jobStatuses.filter((status) => allowed(status, 'abort'))).toEqual(abortable);
  });

  test('include an abort only where the state table leads to aborted, directly or through aborting', () => {
    for (const status of jobStatuses.filter((candidate) => allowed(candidate, 'abort'))) {
      expect(isAllowedTransition(status, 'aborted') || isAllowedTransition(status, 'aborting'), status).toBe(
        true,
      );
    }
  });

  test('include a rerun if and only if the job has ended', () => {
    for (const status of jobStatuses) expect(allowed(status, 'rerun'), status).toBe(isTerminal(status));
  });
});
