import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../../../local/test/fixture/until.ts';
import { checkIntervalSeconds } from '../../support/local-service/assembly-changes.ts';
import { copyAssembly } from '../../support/local-service/assembly-copy.ts';
import { reconcileUntilEnded, statesOf, submitJob } from '../../support/local-service/ended-job.ts';
import { startOwnErrand } from '../../support/local-service/local-errand.ts';

/** Shorter than any time-out of the other states of the state machine, so that the whole execution is overdue too. */
const routerSeconds = 5;
/** The test starts two services, one after the other, in addition to that pause. */
const downtimeTestMilliseconds = 60_000;

test(
  'a job in progress when the service stopped continues after a pause longer than all of its limits',
  async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), 'errand-downtime-'));
    onTestFinished(() => rmSync(dataDirectory, { recursive: true, force: true }));
    const assemblyDirectory = join(dataDirectory, 'assembly');
    await copyAssembly(assemblyDirectory, [
      checkIntervalSeconds(1),
      ({ resources }) => {
        for (const { Type, Properties } of Object.values(resources.Errand)) {
          if (Type !== 'AWS::StepFunctions::StateMachine') continue;
          const parts = Properties['DefinitionString']['Fn::Join'][1];
          parts[0] = parts[0].replace(/"TimeoutSeconds":\d+/, `"TimeoutSeconds":${routerSeconds}`);
        }
      },
    ]);
    const options = { dataDirectory, assemblyDirectory };

    const before = await startOwnErrand(options);
    const limits = { attemptTimeoutSeconds: 3, retry: { maxAttempts: 1 } };
    const submission = { service: 'echo', parameters: { sleepSeconds: 1 }, ...limits };
    const { id } = await submitJob(before, submission);
    const startedAt = await until('the job executes', async () => {
      const { body } = await before.call(`/v1/jobs/${id}`);
      return body.status === 'executing' ? Date.parse(body.startedAt) : undefined;
    });
    await before.stop();
    await until('all limits have passed', () => Date.now() > startedAt + (routerSeconds + 1) * 1000);

    const after = await startOwnErrand(options);
    onTestFinished(() => after.stop());
    expect(await reconcileUntilEnded(after, id)).toMatchObject({ status: 'succeeded', attempt: 1 });
    expect(await statesOf(after, id)).toEqual(['pending', 'executing', 'succeeded']);
  },
  downtimeTestMilliseconds,
);
