import fc from 'fast-check';
import { tokenFingerprint } from '../../../core/access/model/worker-token.ts';
import { initialStatuses, isTerminal, type JobStatus, stateTable } from '../../../core/contract/job-state.ts';
import type { JsonObject } from '../../../core/contract/json.ts';
import { type FailureCode, failureCodes } from '../../../core/contract/policy.ts';
import type {
  Abort,
  EndedAttempt,
  Failure,
  Job,
  ServiceReference,
  StoredJson,
  Transition,
} from '../../../core/jobs/model/job.ts';
import { digest } from '../../../core/std/digest.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { jobIdAt } from './job-id.ts';
import { aJob, reconcileAfterMs } from './jobs.ts';

interface Step {
  /** Selects one of the transitions that the state table allows. */
  readonly choice: number;
  readonly milliseconds: number;
}

interface Course {
  readonly status: JobStatus;
  readonly attempt: number;
  readonly transitions: readonly Transition[];
  readonly endedAttempts: readonly EndedAttempt[];
  readonly startedAt?: number;
}

const wholeText = fc.string({ unit: 'binary', maxLength: 40 });
const someText = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
const failureCode = fc.constantFrom(...(Object.keys(failureCodes) as FailureCode[])); // keys of a const object

const storedJson: fc.Arbitrary<StoredJson> = fc.oneof(
  fc.json({ maxDepth: 2 }).map((json) => ({ kind: 'inline' as const, json })),
  fc.record(
    {
      kind: fc.constant('object' as const),
      key: someText.map((end) => `tenants/local/jobs/#${end}`),
      sizeBytes: fc.integer({ min: 4097, max: 2 ** 31 }),
      mediaType: fc.constant('text/csv; charset=utf-8'),
    },
    { requiredKeys: ['kind', 'key', 'sizeBytes'], noNullPrototype: true },
  ),
);

const metadata = fc
  .dictionary(wholeText, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonObject); // JSON of a dictionary is an object

const serviceName = fc.stringMatching(/^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$/);

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({ choice: fc.nat(20), milliseconds: fc.nat(100_000_000) }),
  { maxLength: 14 },
);

/** A random time, and a position within the millisecond of an id. */
const idParts = fc.record({
  at: fc.integer({ min: 0, max: 2 ** 42 }),
  salt: fc.bigInt({ min: 0n, max: 2n ** 60n - 1n }),
});

/**
 * Any job that the rules allow: a walk through the state table with all members of a job. Tenant and
 * service names can be given, to create jobs that share them.
 */
export function arbitraryJob(
  given: { readonly tenant?: string; readonly serviceNames?: readonly string[] } = {},
): fc.Arbitrary<Job> {
  const names = given.serviceNames === undefined ? serviceName : fc.constantFrom(...given.serviceNames);
  const plain = fc.record({
    idParts,
    name: fc.option(someText, { nil: undefined }),
    service: fc.record(
      { name: names, version: fc.constantFrom('1.0.0', '0.12.3-rc.1', '10.20.30') },
      { noNullPrototype: true },
    ),
    tags: fc.array(someText, { maxLength: 5 }),
    group: fc.option(someText, { nil: undefined }),
    metadata,
    indexedMetadata: fc.option(fc.constantFrom(['a'], ['run', 'site']), { nil: undefined }),
    parameters: storedJson,
    request: fc.option(storedJson, { nil: undefined }),
    result: storedJson,
    owner: someText,
    rerunOf: fc.option(idParts, { nil: undefined }),
    rerunAs: fc.option(idParts, { nil: undefined }),
    trace: fc.option(fc.constant(`00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-00`), { nil: undefined }),
  });
  const rest = fc.record({
    policy: fc.option(policy, { nil: undefined }),
    limits: fc.option(limits, { nil: undefined }),
    code: failureCode,
    detail: wholeText,
    errorType: fc.option(wholeText, { nil: undefined }),
    abort: fc.option(abort, { nil: undefined }),
    relations,
    report,
    initial: fc.constantFrom(...initialStatuses),
    lateMilliseconds: fc.constantFrom(0, 0, 0, 7),
    starts: fc.integer({ min: 1, max: 40 }),
    steps,
  });
  return fc
    .tuple(plain, rest)
    .map(([head, tail]) => composeJob(given.tenant ?? 'local', { ...head, ...tail }));
}

const policy = fc.record(
  {
    maxAttempts: fc.integer({ min: 1, max: 10 }),
    backoffSeconds: fc.constantFrom(0, 0.5, 10, 3600),
    backoffRate: fc.constantFrom(1, 1.5, 2, 10),
    retryOn: fc.uniqueArray(failureCode),
  },
  { requiredKeys: ['maxAttempts', 'backoffSeconds', 'backoffRate'], noNullPrototype: true },
);

const abort: fc.Arbitrary<Abort> = fc.record(
  {
    requestedAt: fc.nat(2 ** 42),
    by: someText,
    reason: wholeText,
    stopped: fc.constantFrom('terminated', 'fenced', 'not-started'),
    childrenAborted: fc.nat(1000),
  },
  { requiredKeys: ['requestedAt', 'by', 'stopped', 'childrenAborted'], noNullPrototype: true },
);

const limits = fc.record(
  {
    attemptTimeoutSeconds: fc.integer({ min: 1, max: 604_800 }),
    queueTimeoutSeconds: fc.integer({ min: 1, max: 604_800 }),
    timeoutSeconds: fc.integer({ min: 1, max: 2_592_000 }),
  },
  { noNullPrototype: true },
);

/** The relations of a job to others. */
const relations = fc.record(
  {
    parentId: fc.constant(jobIdAt(5)),
    hasChildren: fc.constant(true),
    dependsOn: fc.array(
      fc.nat(1000).map((at) => jobIdAt(at)),
      { minLength: 1, maxLength: 3 },
    ),
    hasDependents: fc.constant(true),
    priority: fc.integer({ min: 1, max: 3600 }),
    dispatcher: fc.constant('batch' as const),
    waitingReason: fc.constant({ code: 'capacity' as const, detail: 'full' }),
    cascade: fc.constant({ kind: 'abort-children' as const, by: 'somebody', requestedAt: 7 }),
  },
  { requiredKeys: [], noNullPrototype: true },
);

/** The reports of an attempt. */
const report = fc.record(
  {
    dispatcherId: someText,
    applyEndTries: fc.integer({ min: 1, max: 20 }),
    log: fc.record(
      {
        group: fc.constantFrom('/aws/batch/job', '/aws/batch/own', 'own#group'),
        stream: someText.map((text) => text.replaceAll(':', '/')),
      },
      { noNullPrototype: true },
    ),
    progress: fc.constant({ completion: 0.5, message: 'half' }),
    reportedAt: fc.nat(2 ** 42),
    progressAt: fc.nat(2 ** 42),
    issuedTokenFingerprints: fc.array(
      fc.nat().map((salt) => tokenFingerprint(digest(`token ${salt}`))),
      {
        minLength: 1,
        maxLength: 20,
      },
    ),
    endedClaim: fc.record(
      { tokenDigest: fc.constant(digest('token')), reportDigest: fc.constant(digest('outcome')) },
      { requiredKeys: ['tokenDigest'], noNullPrototype: true },
    ),
  },
  { requiredKeys: [], noNullPrototype: true },
);

const draft = { overrides: { timeoutSeconds: 5 }, missing: [] };

interface Parts {
  readonly idParts: { readonly at: number; readonly salt: bigint };
  readonly name: string | undefined;
  readonly service: ServiceReference;
  readonly tags: Job['tags'];
  readonly group: string | undefined;
  readonly metadata: JsonObject;
  readonly indexedMetadata: readonly string[] | undefined;
  readonly parameters: StoredJson;
  readonly request: StoredJson | undefined;
  readonly result: StoredJson;
  readonly owner: string;
  readonly rerunOf: Parts['idParts'] | undefined;
  readonly rerunAs: Parts['idParts'] | undefined;
  readonly trace: string | undefined;
  readonly policy: Job['policy'] | undefined;
  readonly limits: Job['limits'] | undefined;
  readonly code: FailureCode;
  readonly detail: string;
  readonly errorType: string | undefined;
  readonly abort: Abort | undefined;
  readonly relations: Partial<Job>;
  readonly report: Partial<Job>;
  readonly initial: JobStatus;
  readonly lateMilliseconds: number;
  readonly starts: number;
  readonly steps: readonly Step[];
}

function composeJob(tenant: string, parts: Parts): Job {
  const id = jobIdAt(parts.idParts.at, parts.idParts.salt);
  const { metadata, parameters, request, policy, limits, tags, owner, service, starts } = parts;
  const requestedAt = parts.idParts.at + parts.lateMilliseconds;
  const base = aJob({ tenant, id, service, requestedAt, metadata, parameters, tags, owner, starts });
  const { nextCheckAt: _, ...job } = {
    ...base,
    ...omitUndefined({ name: parts.name, group: parts.group }),
    ...omitUndefined({ request, indexedMetadata: parts.indexedMetadata }),
    ...(policy === undefined ? {} : { policy: withoutUndefined(policy) }),
    ...omitUndefined({ limits }),
    ...(parts.rerunOf === undefined ? {} : { rerunOf: jobIdAt(parts.rerunOf.at, parts.rerunOf.salt) }),
    ...(parts.rerunAs === undefined ? {} : { rerunAs: jobIdAt(parts.rerunAs.at, parts.rerunAs.salt) }),
    ...omitUndefined({ traceparent: parts.trace }),
  };
  const course = walk(requestedAt, parts);
  const isAborted = course.status === 'aborting' || course.status === 'aborted';
  const abort = isAborted && parts.abort !== undefined ? { abort: parts.abort } : {};
  const isDraft = course.status === 'draft' || course.status === 'ready';
  return {
    ...job,
    ...parts.relations,
    ...(course.attempt > 0 ? parts.report : {}),
    ...(isDraft ? { draft } : {}),
    ...course,
    ...abort,
    ...endOrWait(course, parts),
    version: course.transitions.length,
  };
}

function withoutUndefined(policy: Job['policy']): Job['policy'] {
  const { retryOn, ...rest } = policy;
  return retryOn === undefined ? rest : { ...rest, retryOn };
}

function walk(requestedAt: number, { initial, steps, code, detail, errorType, report }: Parts): Course {
  const first: Course = {
    status: initial,
    attempt: 0,
    transitions: [{ status: initial, at: requestedAt, attempt: 0 }],
    endedAttempts: [],
  };
  const ownType = errorType === undefined ? {} : { serviceErrorType: errorType };
  const failure = { code, detail, retryable: true, ...ownType };
  const logLocation = report.log === undefined ? {} : { log: report.log };
  return steps.reduce((course, step) => advance(course, step, { failure, logLocation }), first);
}

/** How each attempt of the walk fails, and which of its data is kept. */
interface BadEnd {
  readonly failure: Omit<Failure, 'attempt'>;
  readonly logLocation: Pick<EndedAttempt, 'log'>;
}

function advance(course: Course, step: Step, { failure, logLocation }: BadEnd): Course {
  // Only a new job can succeed without an attempt.
  const allowed = stateTable[course.status].transitions.filter(
    (to) => course.status !== 'pending' || to !== 'succeeded' || course.transitions.length === 1,
  );
  const status = allowed[step.choice % Math.max(allowed.length, 1)];
  if (status === undefined) return course;
  const at = (course.transitions.at(-1)?.at ?? 0) + step.milliseconds;
  const waits = course.status === 'pending' || course.status === 'retrying';
  const starts = waits && (status === 'executing' || status === 'scheduled');
  const isGivenBack = status === 'pending' && course.attempt > 0;
  const attempt = course.attempt + (starts ? 1 : 0) - (isGivenBack ? 1 : 0);
  const failed = { ...failure, attempt };
  const ended = { number: attempt, startedAt: at, finishedAt: at + 1, failure: failed, ...logLocation };
  return {
    ...course,
    status,
    attempt,
    transitions: [...course.transitions, { status, at, attempt }],
    endedAttempts: status === 'retrying' ? [...course.endedAttempts, ended] : course.endedAttempts,
    ...(status === 'executing' ? { startedAt: at } : {}),
  };
}

/** The members that a job has only at its end, or only before it. */
function endOrWait(
  { status, transitions, attempt, startedAt }: Course,
  { result, code, detail }: Parts,
): Partial<Job> {
  const updatedAt = transitions.at(-1)?.at ?? 0;
  const started = startedAt === undefined ? {} : { scheduledAt: startedAt };
  if (!isTerminal(status)) {
    const claim = {
      executionDigest: digest(`execution ${updatedAt}`),
      tokenDigest: digest(`token ${updatedAt}`),
    };
    return {
      ...started,
      updatedAt,
      nextCheckAt: updatedAt + reconcileAfterMs,
      ...(status === 'executing' ? { claim } : {}),
      ...(status === 'retrying' ? { nextAttemptAt: updatedAt + 10_000 } : {}),
    };
  }
  const reuse = transitions.length === 2 ? { reusedFrom: jobIdAt(updatedAt), reusedAttempt: 2 } : {};
  const outcome =
    status === 'succeeded'
      ? { result, contentDigest: digest(result.kind), ...reuse }
      : { failure: { code, detail, retryable: false, attempt } };
  return { ...started, updatedAt, finishedAt: updatedAt, ...outcome };
}
