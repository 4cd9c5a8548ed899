import type { LocalErrand } from '../../../bin/start-errand.ts';
import { until } from '../../../local/test/fixture/until.ts';
import type { Call, TestErrand } from './local-errand.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test looks into all of a job
export type JobBody = any;

type Caller = Pick<TestErrand, 'call'>;

/** Submits a job and returns it as it was accepted. Throws the response text for any status except 202. */
export async function submitJob(errand: Caller, submission: object, call: Call = {}): Promise<JobBody> {
  const response = await errand.call('/v1/jobs', { ...call, body: submission });
  if (response.status !== 202) throw new Error(`${response.status}: ${JSON.stringify(response.body)}`);
  return response.body;
}

/** The job once it has ended; throws when it has not after 15 s. A long poll that is refused is repeated. */
export async function endedJob(errand: Caller, jobId: string): Promise<JobBody> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const left = Math.max(0.001, (deadline - Date.now()) / 1000);
    const { body } = await errand.call(`/v1/jobs/${jobId}`, {
      headers: { prefer: `wait=${left.toFixed(3)}` },
    });
    if (body.finishedAt !== undefined) return body;
    if (Date.now() >= deadline) throw new Error(`not ended: ${JSON.stringify(body)}`);
  }
}

/** The job once it names its latest rerun; throws when it does not after 20 s. */
export async function jobRerunAs(errand: Caller, jobId: string, rerunId: string): Promise<JobBody> {
  return until(`${jobId} names its rerun`, async () => {
    const { body } = await errand.call(`/v1/jobs/${jobId}`);
    return body.rerunAs === rerunId ? body : undefined;
  });
}

/** States of a job in the order of its events. Throws when the sequence has a gap. */
export async function statesOf(errand: Caller, jobId: string): Promise<readonly string[]> {
  const { body } = await errand.call(`/v1/jobs/${jobId}/events?limit=1000`);
  const events: ReadonlyArray<{ readonly type: string; readonly sequence: string }> = body.items;
  events.forEach(({ sequence }, index) => {
    if (Number(sequence) !== index + 1) throw new Error(`gap before ${sequence} of ${jobId}`);
  });
  return events.map(({ type }) => type.replace('errand.job.', ''));
}

/** Runs the reconciler now, in addition to the passes of every minute. */
export function reconcileNow({ model, events }: LocalErrand['cloud']): void {
  const rule = model.ofType('AWS::Events::Rule').find(({ properties }) => properties['ScheduleExpression']);
  if (rule === undefined) throw new Error('no rule has a schedule');
  events.fireSchedule(rule.ref);
}

/** Runs the reconciler repeatedly, several times a second instead of every minute, until the job has ended. */
export async function reconcileUntilEnded(errand: TestErrand, jobId: string): Promise<JobBody> {
  let nextPassAt = 0;
  return until(
    `job ${jobId} ends`,
    async () => {
      if (Date.now() >= nextPassAt) {
        reconcileNow(errand.cloud);
        nextPassAt = Date.now() + 250;
      }
      const { body } = await errand.call(`/v1/jobs/${jobId}`);
      return body.finishedAt === undefined ? undefined : body;
    },
    // An attempt counts as lost only after 15 checks past its limit.
    60_000,
  );
}
