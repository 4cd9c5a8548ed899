import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { fromItem, toItem } from '../../../../aws/dynamodb/job-items/job-item.ts';
import type { Item } from '../../../../aws/dynamodb/table/table.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { aJob, someTime } from '../../../support/jobs/jobs.ts';

const digestOf = (byte: number) => Buffer.alloc(32, byte).toString('base64url');

/**
 * A job with every member, which no real job has. The type requires each of them, so that a new member must be
 * added here and to the list of the stored names.
 */
const full: Required<Job> = {
  ...aJob(),
  name: 'mine',
  status: 'executing',
  service: { name: 'echo', version: '1.0.0' },
  definitionDigest: digestOf(6),
  tags: ['a'],
  metadata: { m: 1 },
  indexedMetadata: ['m'],
  parameters: { kind: 'inline', json: '{"p":1}' },
  request: { kind: 'object', key: 'request-key', sizeBytes: 5000 },
  result: { kind: 'object', key: 'result-key', sizeBytes: 6000, mediaType: 'text/csv' },
  failure: {
    code: 'service-failed',
    detail: 'd',
    retryable: true,
    attempt: 2,
    serviceErrorType: 't',
    exitCode: 1,
    reason: 'r',
  },
  abort: { requestedAt: 1, by: 'me', reason: 'r', stopped: 'terminated', childrenAborted: 2 },
  rerunOf: 'rerun-id',
  reusedFrom: 'reused-id',
  reusedAttempt: 7,
  contentDigest: digestOf(8),
  parentId: 'parent-id',
  hasChildren: true,
  dependsOn: ['needed-id'],
  hasDependents: true,
  inputs: { kind: 'object', key: 'inputs-key', sizeBytes: 7000 },
  hasOutputs: true,
  dispatcher: 'batch',
  priority: 5,
  draft: {
    overrides: {
      retry: { maxAttempts: 4 },
      attemptTimeoutSeconds: 1,
      queueTimeoutSeconds: 2,
      timeoutSeconds: 3,
    },
    missing: [{ pointer: '/a', detail: 'd', keyword: 'type' }],
  },
  waitingReason: { code: 'dependencies', detail: 'd', jobIds: ['needed-id'] },
  cascade: {
    kind: 'abort-children',
    by: 'me',
    requestedAt: 1,
    reason: 'r',
    withChildren: true,
    accepted: true,
    position: { afterId: 'child-id', requested: 3, leftSome: true },
  },
  policy: { maxAttempts: 7, backoffSeconds: 1, backoffRate: 3, retryOn: ['timeout'] },
  limits: { attemptTimeoutSeconds: 1, queueTimeoutSeconds: 2, timeoutSeconds: 3, heartbeatSeconds: 4 },
  owner: 'someone',
  traceparent: 'trace',
  requestedAt: someTime + 1,
  scheduledAt: someTime + 2,
  startedAt: someTime + 3,
  finishedAt: someTime + 4,
  updatedAt: someTime + 5,
  attempt: 2,
  starts: 3,
  nextAttemptAt: someTime + 6,
  releasedAtStart: 4,
  endedAttempts: [
    {
      number: 1,
      startedAt: 1,
      finishedAt: 2,
      dispatcherId: 'batch-1',
      log: { group: 'g', stream: 's' },
      invocation: { requestId: 'i', stream: 's', group: 'g' },
      failure: { code: 'timeout', detail: 'd', retryable: true, attempt: 1 },
    },
  ],
  claim: {
    executionDigest: digestOf(1),
    tokenDigest: digestOf(2),
    workerId: 'worker-1',
    isRepeated: true,
  },
  endedClaim: { tokenDigest: digestOf(3), reportDigest: digestOf(4) },
  issuedTokenFingerprints: [Buffer.alloc(12, 5).toString('base64url')],
  dispatcherId: 'batch-2',
  applyEndTries: 5,
  log: { group: '/own', stream: 'stream' },
  invocation: { requestId: 'request', stream: 'stream', group: '/own' },
  progress: { stepsTotal: 4, stepsCompleted: 2, completion: 0.5, message: 'm' },
  reportedAt: someTime + 7,
  progressAt: someTime + 8,
  nextCheckAt: someTime + 9,
  transitions: [{ status: 'pending', at: someTime + 5, attempt: 0 }],
  version: 9,
};

/** The content of each attribute: text, a number, or bytes as hexadecimal digits. */
function contentsOf(item: Item): Record<string, string | undefined> {
  const contentOf = ({ S, N, B }: AttributeValue) => S ?? N ?? (B && Buffer.from(B).toString('hex'));
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, contentOf(value)]));
}

test('a job with every member is stored under these names', () => {
  expect(contentsOf(toItem(full))).toStrictEqual({
    a: '2',
    ab: '{"requestedAt":1,"by":"me","reason":"r","stopped":"terminated","childrenAborted":2}',
    ca: '1795253415127',
    cd: '08'.repeat(32),
    ce: '01'.repeat(32),
    cr: '1',
    ct: '02'.repeat(32),
    cw: 'worker-1',
    cx: '{"kind":"abort-children","by":"me","requestedAt":1,"reason":"r","withChildren":true,"accepted":true,"place":{"afterId":"child-id","requested":3,"leftSome":true}}',
    dd: '06'.repeat(32),
    di: 'batch-2',
    dk: 'batch',
    dp: '["needed-id"]',
    dr: '{"wishes":{"retry":{"maxAttempts":4},"attemptTimeoutSeconds":1,"queueTimeoutSeconds":2,"timeoutSeconds":3},"missing":[{"pointer":"/a","detail":"d","keyword":"type"}]}',
    due: '1',
    dueAt: '1795253415134',
    ea: '[{"number":1,"startedAt":1,"finishedAt":2,"dispatcherId":"batch-1","log":{"group":"g","stream":"s"},"invocation":{"requestId":"i","stream":"s","group":"g"},"failure":{"code":"timeout","detail":"d","retryable":true,"attempt":1}}]',
    en: '5',
    eo: '04'.repeat(32),
    et: '03'.repeat(32),
    f: '{"code":"service-failed","detail":"d","retryable":true,"attempt":2,"serviceErrorType":"t","exitCode":1,"reason":"r"}',
    fa: '1795253415129',
    gb: '4',
    hc: '1',
    hd: '1',
    ho: '1',
    io: '7000#inputs-key',
    iv: 'request:stream:/own',
    ix: '["m"]',
    lg: '/own:stream',
    li: '{"attemptTimeoutSeconds":1,"queueTimeoutSeconds":2,"timeoutSeconds":3,"heartbeatSeconds":4}',
    live: 'local#active',
    m: 'p0.4',
    md: '{"m":1}',
    n: 'mine',
    na: '1795253415131',
    o: 'someone',
    p: '{"p":1}',
    pa: 'parent-id',
    pg: '{"stepsTotal":4,"stepsCompleted":2,"completion":0.5,"message":"m"}',
    pk: 'T#local',
    pr: '5',
    pt: '1795253415133',
    qo: '5000#request-key',
    ra: '1795253415126',
    re: 'rerun-id',
    rm: 'text/csv',
    ro: '6000#result-key',
    rp: '{"maxAttempts":7,"backoffSeconds":1,"backoffRate":3,"retryOn":["timeout"]}',
    rt: '1795253415132',
    ru: 'reused-id',
    rw: '7',
    s: '3',
    sk: 'J#01a1fd71-2cd5-7000-8000-000000000000',
    st: 'executing',
    sv: '1.0.0',
    svc: 'local#echo#named',
    tg: '["a"]',
    tk: '05'.repeat(12),
    tp: 'trace',
    v: '9',
    w: '{"code":"dependencies","detail":"d","jobIds":["needed-id"]}',
    xa: '1795253415128',
    z: '2',
  });
});

test('a job with every member is read as it was stored', () => {
  expect(fromItem(toItem(full))).toStrictEqual(full);
});
