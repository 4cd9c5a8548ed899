import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTerminal } from '../../../core/contract/job-state.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { checkJob, checkWrite } from '../../support/jobs/job-invariants.ts';
import { reconcileAfterMs } from '../../support/jobs/jobs.ts';
import {
  type AbsoluteReport,
  applyReport,
  jobs,
  type Report,
  type ReportResult,
  reports,
} from './job-reports.ts';

/** Applies all reports to a job in turn; `watch` receives each report, the job before it and the result. */
function applyReports(
  start: Job,
  all: readonly Report[],
  watch: (before: Job, report: AbsoluteReport, applied: ReportResult) => void = () => {},
): Job {
  const history: AbsoluteReport[] = [];
  let job = start;
  for (const report of all) {
    const applied =
      report.kind === 'again'
        ? history.at(-report.ago)
        : { ...report, attempt: job.attempt + ('ahead' in report ? report.ahead : 0) };
    if (applied === undefined) continue;
    history.push(applied);
    const result = applyReport(job, applied);
    watch(job, applied, result);
    job = result.next ?? job;
  }
  return job;
}

describe('a job that receives any reports in any order', () => {
  test('is valid at every time', () => {
    fc.assert(
      fc.property(jobs, reports, (job, all) => {
        checkJob(job);
        applyReports(job, all, (before, _, { next }) => {
          if (next === undefined) return;
          checkWrite(before, next);
          checkJob(next);
        });
      }),
      { numRuns: 1500 },
    );
  });

  test('has at most one effective execution for an attempt', () => {
    fc.assert(
      fc.property(jobs, reports, (job, all) => {
        const holders = new Map<number, string>();
        applyReports(job, all, (_, report, { result }) => {
          if (report.kind !== 'claim' || result !== 'claimed') return;
          expect(holders.get(report.attempt) ?? report.execution).toBe(report.execution);
          holders.set(report.attempt, report.execution);
        });
      }),
      { numRuns: 1000 },
    );
  });

  test('counts the end of an attempt once, whoever reports it and however often', () => {
    fc.assert(
      fc.property(jobs, reports, (job, all) => {
        const ended: number[] = [];
        applyReports(job, all, (before, report, { next, result }) => {
          if (report.kind === 'settle' && (result === 'ended' || result === 'retrying'))
            ended.push(report.attempt);
          if (report.kind === 'reconcile' && before.status === 'executing' && next?.status !== 'executing') {
            if (next !== undefined) ended.push(before.attempt);
          }
        });
        expect(new Set(ended).size).toBe(ended.length);
      }),
      { numRuns: 1000 },
    );
  });

  test('is not written for a report that it refuses or calls stale, except for a claim that ends it at a limit', () => {
    fc.assert(
      fc.property(jobs, reports, (job, all) => {
        applyReports(job, all, (before, _, { next, result }) => {
          const isAtLimit =
            result === 'refused' && ['timeout', 'queue-timeout'].includes(next?.failure?.code ?? '');
          if (!isAtLimit && (result === 'refused' || result === 'stale')) expect(next).toBeUndefined();
          if (isTerminal(before.status)) expect(next).toBeUndefined();
        });
      }),
      { numRuns: 500 },
    );
  });

  test('can only become aborted once an abort was received, and does so with any next report', () => {
    fc.assert(
      fc.property(jobs, reports, (job, all) => {
        let isAborted = false;
        const last = applyReports(job, all, (before, { kind }, { next, result }) => {
          if (result === 'aborted' || result === 'aborting') isAborted = true;
          expect(isAborted).toBe((next ?? before).abort !== undefined);
          // A check within the time for the stop does not change the job.
          const mayStay =
            kind === 'reconcile' && (next?.nextCheckAt ?? 0) === (next?.abort?.requestedAt ?? 0) + 60_000;
          if (before.status === 'aborting' && next !== undefined)
            expect(next.status).toBe(mayStay ? 'aborting' : 'aborted');
          if (before.status === 'aborting' && kind === 'claim') expect(next).toBeUndefined();
        });
        expect(['aborting', 'aborted'].includes(last.status)).toBe(isAborted);
      }),
      { numRuns: 1000 },
    );
  });

  test('is checked no later than one check interval after its time limit', () => {
    fc.assert(
      fc.property(jobs, reports, (job, all) => {
        const latest = job.requestedAt + job.limits.timeoutSeconds * 1000 + reconcileAfterMs;
        applyReports(job, all, (_, __, { next }) => {
          // An abort can arrive later than that, and has its own minute.
          if (next?.status !== 'aborting') expect(next?.nextCheckAt ?? 0).toBeLessThanOrEqual(latest);
        });
      }),
      { numRuns: 500 },
    );
  });

  test('reaches every kind of end, so that these properties are meaningful', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(jobs, reports, (job, all) => {
        const last = applyReports(job, all);
        seen.add(last.status === 'error' ? `error ${last.failure?.code}` : last.status);
        if (last.attempt > 2) seen.add('third attempt');
      }),
      { numRuns: 20_000 },
    );
    const wanted = [
      'succeeded',
      'failed',
      'retrying',
      'executing',
      'error timeout',
      'error lost',
      'third attempt',
      'aborting',
      'aborted',
    ];
    expect([...seen]).toEqual(expect.arrayContaining([...wanted, 'error queue-timeout']));
  });
});
