import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededFaults } from '../../../local/events/fault.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { checkIntervalSeconds } from '../../support/local-service/assembly-changes.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import {
  type JobBody,
  reconcileUntilEnded,
  statesOf,
  submitJob,
} from '../../support/local-service/ended-job.ts';
import type { TestErrand } from '../../support/local-service/local-errand.ts';

const jobCount = 40;

describe.for([1, 20_261])(
  'with seed %i, calls and batches are repeated, late, reordered or lost:',
  (seed) => {
    let errand: TestErrand;
    const onBus: string[] = [];
    const harmed = { batches: 0, starts: 0, calls: 0 };
    let ids: readonly string[] = [];
    let jobs: readonly JobBody[] = [];

    beforeAll(async () => {
      const batches = seededFaults({ seed, delay: 0.2, delayMs: 50, duplicate: 0.3, reorder: 0.2 });
      const starts = seededFaults({ seed, drop: 0.1, delay: 0.1, delayMs: 100, duplicate: 0.4 });
      const calls = seededFaults({ seed, drop: 0.05, duplicate: 0.1 });
      errand = await startChangedErrand([checkIntervalSeconds(1)], {
        streamFaults: (batch) => counted('batches', batches(batch)),
        executionFaults: (start) => counted('starts', starts(start)),
        invocationFaults: (call) => {
          // A service whose response is lost causes another attempt, which another test covers.
          const fault = call.functionName.includes('errand-service-') ? undefined : calls(call);
          counted('calls', fault);
          return fault === undefined ? undefined : fault.kind === 'drop' ? 'lose-answer' : 'run-twice';
        },
      });
      // More often than the SDK retries, so that whole batches fail and are delivered again.
      errand.cloud.faults.add({ service: 'events', action: 'PutEvents', kind: 'throttle', times: 12 });
      errand.cloud.faults.add({ service: 'events', action: 'PutEvents', kind: 'drop-answer', share: 0.1 });
      errand.cloud.events.subscribe(busName(), ({ detail }) => onBus.push(String(detail['id'])));
      ids = await submitAll();
      jobs = await endedAll();
    });
    afterAll(() => errand?.end());

    function counted<Fault>(what: keyof typeof harmed, fault: Fault | undefined): Fault | undefined {
      if (fault !== undefined) harmed[what] += 1;
      return fault;
    }

    function busName(): string {
      return errand.cloud.model.ofType('AWS::Events::EventBus')[0]?.ref ?? '';
    }

    async function submitAll(): Promise<readonly string[]> {
      const submissions = Array.from({ length: jobCount }, (_, number) => ({
        service: 'echo',
        parameters: { number },
      }));
      return Promise.all(submissions.map(async (submission) => (await submitJob(errand, submission)).id));
    }

    async function endedAll(): Promise<readonly JobBody[]> {
      const all: JobBody[] = [];
      for (const id of ids) all.push(await reconcileUntilEnded(errand, id));
      return all;
    }

    test('each kind of fault occurs', () => {
      for (const count of Object.values(harmed)) expect(count).toBeGreaterThan(0);
    });

    test('every job succeeds once, in its first attempt, with its own result', async () => {
      expect(jobs.map(({ status, attempt, result }) => ({ status, attempt, result }))).toEqual(
        ids.map((_, number) => ({ status: 'succeeded', attempt: 1, result: { number } })),
      );
      for (const id of ids) expect(await statesOf(errand, id)).toEqual(['pending', 'executing', 'succeeded']);
    });

    test('the bus gets every event of every job, and no other', async () => {
      const wanted = ids.flatMap((id) => [`${id}/1`, `${id}/2`, `${id}/3`]);
      const missing = () => wanted.filter((id) => !onBus.includes(id));
      await until('the bus has all events', () => missing().length === 0);
      expect(onBus.filter((id) => !wanted.includes(id))).toEqual([]);
      expect(onBus.length).toBeGreaterThan(wanted.length); // some were delivered twice
    });
  },
);
