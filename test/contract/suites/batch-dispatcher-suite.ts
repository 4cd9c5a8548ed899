import { beforeEach, describe, expect, test } from 'vitest';
import {
  type BatchAttempt,
  type BatchDispatcher,
  type BatchJob,
  BatchRejection,
} from '../../../core/ports/batch-dispatcher.ts';

/** The requirements of the suite: definitions by the behaviour of their containers. */
export interface BatchUnderTest {
  readonly batch: BatchDispatcher;
  /** A container that succeeds when it is released, and runs until then. */
  readonly endless: string;
  /** A definition that does not exist. */
  readonly missing: string;
  /** Resolves when the endless container of this job has started. */
  started(dispatcherId: string): Promise<BatchJob>;
}

/** The contract of every Batch dispatcher. `make` returns one for each test; the caller cleans up. */
export function describeBatchDispatcher(make: () => Promise<BatchUnderTest>): void {
  let under: BatchUnderTest;
  let made = 0;
  beforeEach(async () => {
    under = await make();
  });
  const attempt = (given: Partial<BatchAttempt> = {}): BatchAttempt => {
    made += 1;
    return {
      jobName: `errand-00000000-0000-7000-8000-${String(made).padStart(12, '0')}-1`,
      jobDefinition: under.endless,
      environment: { ERRAND_ATTEMPT: '1' },
      attemptTimeoutSeconds: 60,
      tenant: 'local',
      priority: 0,
      claim: 'claim-of-attempt',
      ...given,
    };
  };

  describe('a Batch dispatcher', () => {
    test('finds a job by its ID and by its name, with its owner and its claim', async () => {
      const given = attempt({ tenant: 'tenant-one' });
      const id = await under.batch.submit(given);
      const described = await under.batch.describe(id);
      expect(described).toMatchObject({
        dispatcherId: id,
        jobName: given.jobName,
        tenant: 'tenant-one',
        claim: given.claim,
      });
      expect(await under.batch.find(given.jobName)).toMatchObject({ dispatcherId: id, claim: given.claim });
      await under.batch.terminate(id, 'done');
    });

    test('finds the newest of two jobs with a name, and none by a part of a name', async () => {
      const given = attempt();
      const first = await under.batch.submit(given);
      const second = await under.batch.submit(given);
      expect(first).not.toBe(second);
      expect((await under.batch.find(given.jobName))?.dispatcherId).toBe(second);
      expect(await under.batch.find(given.jobName.slice(0, -1))).toBeUndefined();
      await under.batch.terminate(first, 'done');
      await under.batch.terminate(second, 'done');
    });

    test('returns nothing for an unknown job', async () => {
      expect(await under.batch.describe('00000000-0000-4000-8000-000000000000')).toBeUndefined();
      expect(await under.batch.find('errand-nobody-1')).toBeUndefined();
    });

    test('ends a running job with the given reason', async () => {
      const id = await under.batch.submit(attempt());
      const log = { group: '/aws/batch/job', stream: expect.stringMatching(/./) };
      expect(await under.started(id)).toMatchObject({ status: 'RUNNING', log });
      await under.batch.terminate(id, 'because of a test');
      const described = await endOf(under.batch, id);
      expect(described).toMatchObject({ status: 'FAILED', statusReason: 'because of a test' });
    });

    test('leaves an ended job unchanged', async () => {
      const id = await under.batch.submit(attempt());
      await under.batch.terminate(id, 'once');
      const described = await endOf(under.batch, id);
      await under.batch.terminate(id, 'twice');
      expect(await under.batch.describe(id)).toEqual(described);
    });

    test('refuses a definition that does not exist', async () => {
      const given = attempt({ jobDefinition: under.missing });
      await expect(under.batch.submit(given)).rejects.toBeInstanceOf(BatchRejection);
      expect(await under.batch.find(given.jobName)).toBeUndefined();
    });
  });
}

async function endOf(batch: BatchDispatcher, id: string): Promise<BatchJob> {
  return expect
    .poll(async () => (await batch.describe(id))?.status, { timeout: 20_000 })
    .toBe('FAILED')
    .then(async () => {
      const described = await batch.describe(id);
      if (described === undefined) throw new Error(`Batch forgot the job ${id}`);
      return described;
    });
}
