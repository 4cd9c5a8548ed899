import { describe, expect, test } from 'vitest';
import { accessDenied } from '../../aws-error.ts';
import type { AccessCheck, Principal } from '../../cloud.ts';
import { createDeliver } from '../../deliver.ts';
import { functionArn, queueArn } from './cloud-fixture.ts';

const testRole: Principal = { kind: 'role', roleArn: 'arn:aws:iam::1:role/r', sessionName: 's' };

function build(allowed: (check: AccessCheck) => boolean = () => true) {
  const done: unknown[] = [];
  const checks: AccessCheck[] = [];
  const deliver = createDeliver({
    access: {
      require: (_, check) => {
        checks.push(check);
        if (!allowed(check)) throw accessDenied('r', check.action, check.resource);
      },
    },
    invoker: {
      invokeAsync: async (request) => void done.push(['lambda', request.functionName, request.principal]),
    },
    sendToQueue: async (arn, body) => void done.push(['sqs', arn, body]),
    putObject: async (object) => void done.push(['s3', object]),
    startExecution: (request) => done.push(['states', request]),
    putEvents: (arn, text) => done.push(['events', arn, text]),
  });
  return {
    done,
    checks,
    send: (targetArn: string) => deliver({ targetArn, payload: '{"a":1}', principal: testRole }),
  };
}

describe('a delivery', () => {
  const machine = 'arn:aws:states:eu-central-1:1:stateMachine:m';
  const bus = 'arn:aws:events:eu-central-1:1:event-bus/b';
  test.each([
    [functionArn('f'), ['lambda', functionArn('f'), testRole], undefined],
    [queueArn('q'), ['sqs', queueArn('q'), '{"a":1}'], 'sqs:SendMessage'],
    [machine, ['states', { stateMachineArn: machine, input: '{"a":1}' }], 'states:StartExecution'],
    [bus, ['events', bus, '{"a":1}'], 'events:PutEvents'],
    ['arn:aws:s3:::b/k/x', ['s3', { bucket: 'b', key: 'k/x', body: '{"a":1}' }], 's3:PutObject'],
  ])('to %s reaches its service after the permission check', async (arn, expected, action) => {
    const { done, checks, send } = build();
    await send(arn);
    expect(done).toEqual([expected]);
    expect(checks.map((check) => check.action)).toEqual(action === undefined ? [] : [action]);
    expect(checks.every((check) => check.resource === arn)).toBe(true);
  });

  test('without permission is refused', async () => {
    const { done, send } = build(() => false);
    await expect(send(queueArn('q'))).rejects.toMatchObject({ code: 'AccessDeniedException' });
    expect(done).toEqual([]);
  });

  test.each(['arn:aws:sns:eu-central-1:1:topic', 'arn:aws:s3:::bucket-only', 'nonsense'])(
    'to %s is refused',
    async (arn) => {
      const { send } = build();
      await expect(send(arn)).rejects.toMatchObject({ code: 'InvalidTargetException' });
    },
  );
});
