/** A fault that the simulation must find: one changed part of a file, or several that implement the same guard. */
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

/** One fault for each guard of the promise "every job ends, once". */
export const mutations: readonly Mutation[] = [
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
    what: 'a refused attempt is a failed one',
    edits: [
      {
        within: 'toOutcome',
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
    what: 'an execution that runs twice releases an attempt that its other run has started',
    edits: [
      {
        within: 'provesNothingRan',
        from: ' && claim?.isRepeated !== true',
        to: '',
      },
    ],
  },
  {
    what: 'an attempt whose report is in the queue of settle is lost immediately',
    edits: [
      {
        within: 'maxReportDelayChecks',
        from: 'const maxReportDelayChecks = 15;',
        to: 'const maxReportDelayChecks = 0;',
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
    what: 'the time in the queue restarts with each refusal',
    edits: [
      {
        within: 'awaitsAttemptSince',
        from: ": job.transitions.find(({ status }) => status === 'pending');",
        to: ": job.transitions.findLast(({ status }) => status === 'pending');",
      },
    ],
  },
  {
    what: 'another execution may claim a Lambda attempt that is claimed',
    edits: [
      {
        within: 'claimExecuting',
        from: "if (!isOwnClaim(job, request) || request.to === 'scheduled') return refusal;",
        to: "if (request.to === 'scheduled') return refusal;",
      },
    ],
  },
  {
    what: 'a claim accepts any attempt number',
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
    what: "a retry can start after the job's limit",
    edits: [
      {
        within: 'nextAttemptAt',
        from: 'return startAt < deadlineOf(job) ? startAt : undefined;',
        to: 'return startAt;',
      },
    ],
  },
  {
    what: 'a job has one attempt more than the policy allows',
    edits: [
      {
        within: 'nextAttemptAt',
        from: 'job.attempt >= maxAttempts',
        to: 'job.attempt > maxAttempts',
      },
    ],
  },
  {
    what: 'a retry that the reconciler starts is due a day late',
    edits: [
      {
        within: 'retryDecision',
        from: 'nextCheckAt: startsNow ? retryAt + reconcileAfterMs : retryAt,',
        to: 'nextCheckAt: retryAt + 86_400_000,',
      },
    ],
  },
  {
    what: 'an attempt that is being aborted can succeed',
    edits: [
      {
        within: 'settleJob',
        from: "  if (job.status === 'aborting') return endDecision(endAborted(job, input.now));\n  if (job.status !== 'executing' && job.status !== 'scheduled') return staleDecision;",
        to: "  if (job.status !== 'executing' && job.status !== 'scheduled' && job.status !== 'aborting') return staleDecision;",
      },
    ],
  },
  {
    what: 'writes do not check the version',
    edits: [
      {
        within: 'memoryJobStore',
        from: "async replace(job, expectedVersion) {\n      if (jobs.get(keyOf(job))?.version !== expectedVersion) return 'conflict';",
        to: "async replace(job, _expectedVersion) {\n      if (jobs.get(keyOf(job)) === undefined) return 'conflict';",
      },
    ],
  },
  {
    what: 'a key creates another job when its first try has died',
    edits: [
      {
        within: 'createOnce',
        from: 'const job = existing ?? (await create({ jobId, createdAt: Math.max(now, timeInId(jobId)) }));',
        to: 'const job = existing ?? (await create(newJobId(deps)));',
      },
    ],
  },
  {
    what: 'the reconciler does not start a job that was never started',
    edits: [
      {
        within: 'startAgain',
        from: "return { next: restarted, result: { cause: 'not-started', start: { job: restarted, delaySeconds: 0 } } };",
        to: "return { next: restarted, result: { cause: 'postponed' } };",
      },
    ],
  },
  {
    what: 'the reconciler starts an execution again under the same name',
    edits: [
      {
        within: 'startAgain',
        from: 'starts: job.starts + 1,',
        to: 'starts: job.starts,',
      },
    ],
  },
  {
    what: 'the reconciler does not end a job that reaches its queue limit',
    edits: [
      {
        within: 'reconcileUnclaimed',
        from: 'if (limit !== undefined) return endOverdue(job, limit, check);',
        to: 'if (limit !== undefined) return postponeCheck(job, check.now + 864e5, check);',
      },
    ],
  },
  {
    what: 'a claim after a limit of the job is granted',
    edits: [
      {
        within: 'claimAttempt',
        from: 'const limit = limitReached(job, request.now);',
        to: 'const limit = limitReached(job, 0);',
      },
    ],
  },
  {
    what: 'the delay of the reconciler before it starts a retry counts as time in the queue',
    edits: [
      {
        within: 'retryDecision',
        from: 'starts: startsNow ? 1 : 0,',
        to: 'starts: 1,',
      },
    ],
  },
  {
    what: 'the reconciler does not find lost attempts',
    edits: [
      {
        within: 'reconcileRunning',
        from: 'const lostAt = attemptEnds + maxReportDelayChecks * check.reconcileAfterMs;',
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
    what: 'one job that cannot be reconciled stops the pass',
    edits: [
      {
        within: 'checkJob',
        from: "    deps.metrics.count('RepairFailed');\n    return 'failed';",
        to: '    throw error;',
      },
    ],
  },
  {
    what: 'the end of a Batch job whose event is lost is not looked up',
    edits: [
      {
        within: 'reconcileByLookup',
        from: "if (lookup.kind === 'found' && hasEndedOnBatch(lookup.batchJob))",
        to: "if (lookup.kind === 'found' && check.now < 0)",
      },
      {
        within: 'reconcileBatchRunning',
        from: "  if (check.now >= deadline) return withStop(endOverdue(job, 'timeout', check), job, stopReasons.timeout);\n",
        to: '',
      },
      {
        within: 'reconcileBatchRunning',
        from: 'if (check.now >= overdueAt)',
        to: 'if (check.now < 0)',
      },
      {
        within: 'reconcileBatchRunning',
        from: 'if (check.now >= heartbeatDeadline)',
        to: 'if (check.now < 0)',
      },
    ],
  },
  {
    what: 'an event of another Batch job counts',
    edits: [
      {
        within: 'isBatchJobOf',
        from: 'if (job.dispatcherId !== undefined) return job.dispatcherId === batchJob.dispatcherId;',
        to: 'if (job.dispatcherId !== undefined) return true;',
      },
    ],
  },
  {
    what: 'an abort waits forever for a stopped container',
    edits: [
      {
        within: 'reconcileAborting',
        from: 'check.now < endsAt',
        to: 'check.now > 0',
      },
      {
        within: 'reconcileAborting',
        from: 'return withStop(decision, job, stopReasons.aborted);',
        to: 'return decision;',
      },
    ],
  },
  {
    what: 'a report with any token is accepted',
    edits: [
      {
        within: 'hasCurrentClaim',
        from: 'if (claim === undefined || !sameDigest(claim.tokenDigest, tokenDigest)) return false;',
        to: 'if (claim === undefined) return false;',
      },
    ],
  },
  {
    what: 'a report of a second container of an attempt is accepted',
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
    what: 'progress can decrease',
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
        from: "if (abort === 'refused') return { result: { outcome: 'ended', job } };",
        to: "if (abort === 'refused') return endAsAborted(job, 'not-started', request);",
      },
    ],
  },
  {
    what: 'an abort is written without its cascade',
    edits: [
      {
        within: 'transitionJob',
        from: '...cascadeOf({ ...rest, status: job.status }, status, at),',
        to: '',
      },
    ],
  },
  {
    what: 'a cascade does not wait for sub-jobs that are being created',
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
    what: 'a waiting job does not check its dependencies',
    edits: [
      {
        within: 'decideWaiting',
        from: 'if (unfinished.length === 0) {',
        to: 'if (unfinished.length >= 0) {',
      },
    ],
  },
  {
    what: 'neither the reconciler nor a waiting job checks its dependencies',
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
    what: 'a deleted job can be created again',
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
    what: 'an accepted deletion is abandoned for a new obstacle',
    edits: [
      {
        within: 'acceptDeletion',
        from: ' || marked.cascade?.accepted === true) return marked;',
        to: ') return marked;',
      },
      {
        within: 'decideDeletion',
        from: '  if (cascade.accepted === true) return { result: job };\n',
        to: '',
      },
    ],
  },
  {
    what: 'a refused deletion leaves its mark, which the reconciler treats as accepted',
    edits: [
      {
        within: 'decideDeletion',
        from: 'return { next: withoutMark(job, now), result: plan };',
        to: 'return { result: plan };',
      },
    ],
  },
  {
    what: 'drafts do not expire',
    edits: [
      {
        within: 'reconcileDraft',
        from: "return { next: endWithFailure(job, failure, check.now), result: { cause: 'draft-expired' } };",
        to: "return failure.attempt < 0 ? { next: endWithFailure(job, failure, check.now), result: { cause: 'draft-expired' } } : { result: { cause: 'none' } };",
      },
    ],
  },
  {
    what: 'a job runs with the current definition of its development version',
    edits: [
      {
        within: 'readServiceOf',
        from: 'const { definitionDigest: accepted } = job;',
        to: 'const accepted = undefined;',
      },
    ],
  },
  {
    what: 'a used definition is replaced before it is kept',
    edits: [
      {
        within: 'writeVersion',
        from: 'if (stored.used) await deps.services.keepDefinition(stored);',
        to: '',
      },
    ],
  },
  {
    what: 'a draft starts without the digest of its definition',
    edits: [
      {
        within: 'decideStart',
        from: 'const change = digestMember(service);',
        to: 'const change = {};',
      },
    ],
  },
  {
    what: 'the times of a job can go back',
    edits: [
      {
        within: 'transitionJob',
        from: 'const at = Math.max(transition.now, job.updatedAt);',
        to: 'const at = transition.now;',
      },
    ],
  },
  {
    what: 'the first event of a change is omitted',
    edits: [
      {
        within: 'eventsOf',
        from: 'before === undefined ? 0 : sequenceOf(before)',
        to: 'before === undefined ? 1 : sequenceOf(before)',
      },
    ],
  },
  {
    what: 'an end that the stream delivers twice is counted twice',
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
