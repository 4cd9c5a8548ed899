/** A fault that the simulation must find: one place of one file, said otherwise; or several that guard the same. */
export interface Mutation {
  readonly what: string;
  readonly edits: readonly Edit[];
}

/** A text within the declaration of that name, wherever its file is. */
export interface Edit {
  readonly within: string;
  readonly from: string;
  readonly to: string;
}

/** One for each guard that the promise "every job ends, once" stands on. */
export const mutations: readonly Mutation[] = [
  {
    what: 'a refused attempt is a failed one',
    edits: [
      {
        within: 'readReport',
        from: "if (failure.code === 'capacity') return { kind: 'refused' };",
        to: '',
      },
    ],
  },
  {
    what: 'a report of a refusal counts for whichever execution has the attempt',
    edits: [
      {
        within: 'isOfOtherExecution',
        from: '!isSameExecution(claim?.executionDigest, reportedBy)',
        to: 'claim === undefined',
      },
    ],
  },
  {
    what: 'an execution that runs twice gives back what its other run has begun',
    edits: [
      {
        within: 'provesNothingRan',
        from: ' && claim?.isRepeated !== true',
        to: '',
      },
    ],
  },
  {
    what: 'an attempt whose report is in the queue of settle is lost at once',
    edits: [
      {
        within: 'queuedReportChecks',
        from: 'const queuedReportChecks = 15;',
        to: 'const queuedReportChecks = 0;',
      },
    ],
  },
  {
    what: 'a job that waits for capacity is never queued again',
    edits: [
      {
        within: 'checkJob',
        from: 'return (await queueAgain(deps, queue)) ? decision : startAgain(job, check());',
        to: 'return decision;',
      },
    ],
  },
  {
    what: 'the time in the queue begins anew with each refusal',
    edits: [
      {
        within: 'queuedSince',
        from: ": job.transitions.find(({ status }) => status === 'pending');",
        to: ": job.transitions.findLast(({ status }) => status === 'pending');",
      },
    ],
  },
  {
    what: 'another execution may claim a Lambda attempt that is claimed',
    edits: [
      {
        within: 'claimAttempt',
        from: "if (!isOwn || claim.to === 'scheduled') return refused;",
        to: "if (claim.to === 'scheduled') return refused;",
      },
    ],
  },
  {
    what: 'a claim takes any attempt number',
    edits: [
      {
        within: 'mayClaim',
        from: 'return job.attempt + 1 === attempt;',
        to: 'return true;',
      },
    ],
  },
  {
    what: 'a report of an earlier attempt counts',
    edits: [
      {
        within: 'settleJob',
        from: ' || found.attempt !== input.attempt',
        to: '',
      },
      {
        within: 'settleAttempt',
        from: 'current?.attempt === input.attempt && ',
        to: 'current !== undefined && ',
      },
    ],
  },
  {
    what: "a retry may begin after the job's limit",
    edits: [
      {
        within: 'nextAttemptAt',
        from: 'return startAt < deadlineOf(job) ? startAt : undefined;',
        to: 'return startAt;',
      },
    ],
  },
  {
    what: 'one attempt more than the policy allows',
    edits: [
      {
        within: 'nextAttemptAt',
        from: 'job.attempt >= maxAttempts',
        to: 'job.attempt > maxAttempts',
      },
    ],
  },
  {
    what: 'a retry that the sweep is to start is due a day late',
    edits: [
      {
        within: 'retried',
        from: 'nextCheckAt: startNow ? retryAt + reconcileAfterMs : retryAt,',
        to: 'nextCheckAt: retryAt + 86_400_000,',
      },
    ],
  },
  {
    what: 'an attempt being aborted may still succeed',
    edits: [
      {
        within: 'settleJob',
        from: "  if (job.status === 'aborting') return ended(endAborted(job, input.now));\n  if (job.status !== 'executing' && job.status !== 'scheduled') return stale;",
        to: "  if (job.status !== 'executing' && job.status !== 'scheduled' && job.status !== 'aborting') return stale;",
      },
    ],
  },
  {
    what: 'writes do not ask for the version',
    edits: [
      {
        within: 'memoryJobStore',
        from: "async replace(job, expectedVersion) {\n      if (jobs.get(keyOf(job))?.version !== expectedVersion) return 'conflict';",
        to: "async replace(job, _expectedVersion) {\n      if (jobs.get(keyOf(job)) === undefined) return 'conflict';",
      },
    ],
  },
  {
    what: 'a key makes another job when its first try has died',
    edits: [
      {
        within: 'createOnce',
        from: 'const job = existing ?? (await make({ jobId, from: Math.max(now, timeInId(jobId)) }));',
        to: 'const job = existing ?? (await make(newJobSlot(deps)));',
      },
    ],
  },
  {
    what: 'the sweep does not start what was never started',
    edits: [
      {
        within: 'startAgain',
        from: "return { next: again, answer: { cause: 'not-started', start: { job: again, delaySeconds: 0 } } };",
        to: "return { next: again, answer: { cause: 'alive' } };",
      },
    ],
  },
  {
    what: 'the sweep starts again under the same name',
    edits: [
      {
        within: 'startAgain',
        from: 'starts: job.starts + 1,',
        to: 'starts: job.starts,',
      },
    ],
  },
  {
    what: 'the sweep does not end what reaches its limit in the queue',
    edits: [
      {
        within: 'reconcileQueued',
        from: 'if (limit !== undefined) return endOverdue(job, limit, check);',
        to: 'if (limit !== undefined) return postponeCheck(job, check.now + 864e5, check);',
      },
    ],
  },
  {
    what: 'a claim that comes after a limit of the job is granted',
    edits: [
      {
        within: 'claimAttempt',
        from: 'const limit = limitReached(job, claim.now);',
        to: 'const limit = limitReached(job, 0);',
      },
    ],
  },
  {
    what: 'the lateness of the sweep that is to start a retry counts as time in the queue',
    edits: [
      {
        within: 'retried',
        from: 'starts: startNow ? 1 : 0,',
        to: 'starts: 1,',
      },
    ],
  },
  {
    what: 'the sweep does not find lost attempts',
    edits: [
      {
        within: 'reconcileRunning',
        from: 'const lostAt = attemptEnds + queuedReportChecks * check.reconcileAfterMs;',
        to: 'const lostAt = attemptEnds + 864e5;',
      },
      {
        within: 'reconcileRunning',
        from: "  if (check.now >= deadlineOf(job)) return endOverdue(job, 'timeout', check);\n",
        to: '',
      },
    ],
  },
  {
    what: 'one job that cannot be repaired stops the sweep',
    edits: [
      {
        within: 'checkJob',
        from: "    deps.metrics.count('RepairFailed');\n    return 'failed';",
        to: '    throw error;',
      },
    ],
  },
  {
    what: 'the end of a Batch job whose event is lost is not asked for',
    edits: [
      {
        within: 'reconcileByLookup',
        from: "if (lookup.kind === 'found' && hasEndedOnBatch(lookup.batchJob))",
        to: "if (lookup.kind === 'found' && check.now < 0)",
      },
      {
        within: 'reconcileBatchRunning',
        from: "  if (check.now >= deadline) return stopping(endOverdue(job, 'timeout', check), job, stopReasons.timeout);\n",
        to: '',
      },
      {
        within: 'reconcileBatchRunning',
        from: 'if (check.now >= overdueAt)',
        to: 'if (check.now < 0)',
      },
      {
        within: 'reconcileBatchRunning',
        from: 'if (check.now >= silentAt)',
        to: 'if (check.now < 0)',
      },
    ],
  },
  {
    what: 'an event of another Batch job counts',
    edits: [
      {
        within: 'carriesOut',
        from: 'if (job.dispatcherId !== undefined) return job.dispatcherId === batchJob.dispatcherId;',
        to: 'if (job.dispatcherId !== undefined) return true;',
      },
    ],
  },
  {
    what: 'an abort waits for a stopped container for ever',
    edits: [
      {
        within: 'reconcileAborting',
        from: 'check.now < endsAt',
        to: 'check.now > 0',
      },
      {
        within: 'reconcileAborting',
        from: 'return stopping(decision, job, stopReasons.aborted);',
        to: 'return decision;',
      },
    ],
  },
  {
    what: 'a worker with any token is heard',
    edits: [
      {
        within: 'hasCurrentClaim',
        from: 'if (claim === undefined || !sameDigest(claim.tokenDigest, tokenDigest)) return false;',
        to: 'if (claim === undefined) return false;',
      },
    ],
  },
  {
    what: 'a second container of an attempt is heard',
    edits: [
      {
        within: 'hasCurrentClaim',
        from: 'if (claim.workerId !== undefined) return claim.workerId === workerId;',
        to: '',
      },
      {
        within: 'hasCurrentClaim',
        from: 'return workerId === undefined || job.dispatcherId === undefined || job.dispatcherId === workerId;',
        to: 'return true;',
      },
    ],
  },
  {
    what: 'progress may go back',
    edits: [
      {
        within: 'mergeProgress',
        from: 'return isRegression ? undefined : next;',
        to: 'return next;',
      },
    ],
  },
  {
    what: 'an ended job is aborted',
    edits: [
      {
        within: 'decideAbort',
        from: "if (abort === 'refused') return { answer: { outcome: 'ended', job } };",
        to: "if (abort === 'refused') return aborted(job, 'not-started', request);",
      },
    ],
  },
  {
    what: 'the cascade of an abort is not written with it',
    edits: [
      {
        within: 'transitionJob',
        from: '...cascadeOf({ ...rest, status: job.status }, status, at),',
        to: '',
      },
    ],
  },
  {
    what: 'a cascade does not wait for sub-jobs that are being made',
    edits: [
      {
        within: 'mayStillBeCreated',
        from: 'return now - madeAt < creationWindowMs;',
        to: 'return false;',
      },
      {
        within: 'startInserted',
        from: 'if (await isParentStopped(deps, job)) return abortUnstarted(deps, job);',
        to: '',
      },
    ],
  },
  {
    what: 'a waiting job does not look at those that it needs',
    edits: [
      {
        within: 'decideWaiting',
        from: 'if (open.length === 0) {',
        to: 'if (open.length >= 0) {',
      },
    ],
  },
  {
    what: 'the sweep does not look at waiting jobs, nor do they themselves',
    edits: [
      {
        within: 'reconcileWaiting',
        from: 'const next = dependencies === undefined ? undefined : decideWaiting(job, dependencies, check);',
        to: 'const next = undefined as Job | undefined;',
      },
      {
        within: 'reconcileWaiting',
        from: "  if (check.now >= deadline) return endOverdue(job, 'timeout', check);\n",
        to: '',
      },
    ],
  },
  {
    what: 'a deleted job can be made again',
    edits: [
      {
        within: 'createOnce',
        from: 'if (existing === undefined && (await deps.jobs.tombstone(key)) !== undefined)',
        to: 'if (existing === undefined && jobId === "")',
      },
      {
        within: 'memoryJobStore',
        from: ' || tombstones.has(keyOf(job))',
        to: '',
      },
    ],
  },
  {
    what: 'an accepted deletion is given up for what comes to stand in its way',
    edits: [
      {
        within: 'acceptRemoval',
        from: ' || marked.cascade?.accepted === true) return marked;',
        to: ') return marked;',
      },
      {
        within: 'decideRemoval',
        from: '  if (cascade.accepted === true) return { answer: job };\n',
        to: '',
      },
    ],
  },
  {
    what: 'a refused deletion leaves its mark, which the sweep takes for one that was accepted',
    edits: [
      {
        within: 'decideRemoval',
        from: 'return { next: withoutMark(job, now), answer: plan };',
        to: 'return { answer: plan };',
      },
    ],
  },
  {
    what: 'drafts do not expire',
    edits: [
      {
        within: 'reconcileDraft',
        from: "return { next: endWithFailure(job, failure, check.now), answer: { cause: 'draft-expired' } };",
        to: "return failure.attempt < 0 ? { next: endWithFailure(job, failure, check.now), answer: { cause: 'draft-expired' } } : { answer: { cause: 'none' } };",
      },
    ],
  },
  {
    what: 'time may go back on a job',
    edits: [
      {
        within: 'transitionJob',
        from: 'const at = Math.max(step.now, job.updatedAt);',
        to: 'const at = step.now;',
      },
    ],
  },
  {
    what: 'the first event of a change is left out',
    edits: [
      {
        within: 'transitionsOf',
        from: 'before === undefined ? 0 : sequenceOf(before)',
        to: 'before === undefined ? 1 : sequenceOf(before)',
      },
    ],
  },
  {
    what: 'an end that the stream tells twice is counted twice',
    edits: [
      {
        within: 'memoryJobCounters',
        from: 'counters.get(name) ?? nothingOn',
        to: 'withoutRecent(counters.get(name)) ?? nothingOn',
      },
      {
        within: 'nothingOn',
        from: 'function nothingOn',
        to: 'function withoutRecent(counter: RememberingCounter | undefined): RememberingCounter | undefined {\n  return counter && { ...counter, recent: [] };\n}\n\nfunction nothingOn',
      },
    ],
  },
];
