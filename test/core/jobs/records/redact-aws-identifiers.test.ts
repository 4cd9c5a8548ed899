import { describe, expect, test } from 'vitest';
import { logIfRedacted, redactAwsIdentifiers } from '../../../../core/jobs/records/redact-aws-identifiers.ts';

const account = '111122223333';
const uuid = '8f5e3c1a-0b7d-4d0e-9a6b-111122223333';

const texts: readonly (readonly [string, string, string])[] = [
  [
    'Lambda to a role without the right',
    `User: arn:aws:sts::${account}:assumed-role/Errand-ServiceInvokerRole-1A2B/job-1 (arn:aws:iam::${account}:role/x) is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:eu-central-1:${account}:function:errand-service-x because no identity-based policy allows the lambda:InvokeFunction action (Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException; Request ID: ${uuid}; Proxy: null)`,
    'User: [hidden] ([hidden]) is not authorized to perform: lambda:InvokeFunction on resource: function errand-service-x because no identity-based policy allows the lambda:InvokeFunction action (Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException; Proxy: null)',
  ],
  [
    'Lambda of a function that there is not',
    `Function not found: arn:aws:lambda:eu-central-1:${account}:function:errand-service-nope (Service: Lambda, Status Code: 404, Request ID: ${uuid})`,
    'Function not found: function errand-service-nope (Service: Lambda, Status Code: 404)',
  ],
  [
    'Step Functions of a role that it may not assume',
    `The role arn:aws:iam::${account}:role/a is not authorized to assume the task state's role, arn:aws:iam::${account}:role/b.`,
    "The role [hidden] is not authorized to assume the task state's role, [hidden].",
  ],
  [
    'Step Functions of data that is too large',
    "The state/task 'arn:aws:states:::lambda:invoke' returned a result with a size exceeding the maximum number of bytes",
    "The state/task '[hidden]' returned a result with a size exceeding the maximum number of bytes",
  ],
  [
    'Batch of a definition and a queue',
    `Unable to find arn:aws:batch:eu-central-1:${account}:job-definition/errand-job-x:3 for arn:aws:batch:eu-central-1:${account}:job-queue/errand-queue.`,
    'Unable to find job definition errand-job-x:3 for job queue errand-queue.',
  ],
  [
    'ECS of an image in another partition',
    `CannotPullContainerError: pull access denied for ${account}.dkr.ecr.cn-north-1.amazonaws.com.cn/app:1, task arn:aws-cn:ecs:cn-north-1:${account}:task/c/0123456789abcdef`,
    'CannotPullContainerError: pull access denied for [hidden].dkr.ecr.cn-north-1.amazonaws.com.cn/app:1, task [hidden]',
  ],
  [
    'a name with the account in it',
    `Access denied to errand-results-${account}-eu-central-1 (extended request id: aGVsbG8+/w==)`,
    'Access denied to errand-results-[hidden]-eu-central-1',
  ],
  [
    'the runtime',
    `RequestId: ${uuid} Error: Runtime exited with error: exit status 3`,
    'Error: Runtime exited with error: exit status 3',
  ],
  [
    'a time-out',
    `2026-11-29T17:00:00.123Z ${uuid} Task timed out after 3.00 seconds`,
    'Task timed out after 3.00 seconds',
  ],
  [
    'a plain sentence',
    'The attempt reached its time limit of 262144 s (1700000000000)',
    'The attempt reached its time limit of 262144 s (1700000000000)',
  ],
  ['an id that ends in twelve digits', `the task ${uuid} stopped`, `the task ${uuid} stopped`],
];

describe('a text of AWS for callers', () => {
  test.each(texts)('is kept except for AWS identifiers: %s', (_, text, shown) => {
    expect(redactAwsIdentifiers(text)).toBe(shown);
    expect(redactAwsIdentifiers(shown)).toBe(shown);
  });
});

test('the redaction takes bounded time, even for a text that is designed to be slow', () => {
  const slow = [
    ' '.repeat(32_000),
    'request id '.repeat(3000),
    `arn:aws:${':.'.repeat(16_000)}`,
    'arn:aws:a:'.repeat(3200),
  ];
  const startedAt = performance.now();
  for (const text of slow) redactAwsIdentifiers(text);
  expect(performance.now() - startedAt).toBeLessThan(500);
});

describe('the log of the operator', () => {
  test('contains the original text of a message that callers receive redacted', () => {
    const lines: unknown[] = [];
    const log = { info: (...line: unknown[]) => void lines.push(line), warn: () => undefined };
    logIfRedacted(log, { jobId: 'j' }, [undefined, 'nothing to hide ', `in ${account}`]);
    expect(lines).toEqual([['aws-text', { jobId: 'j', text: `in ${account}` }]]);
  });
});
