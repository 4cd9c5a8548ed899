import { expect, test } from 'vitest';
import { call, lambdaWith } from '../local-lambda.ts';
import { pythonFunction } from './function-resources.ts';

test('a handler of Python receives the event and the context of its call', async () => {
  const code = `
import os
def handler(event, context):
    print("got", event["name"])
    return {"greeting": "Grüße, " + event["name"], "id": context.aws_request_id, "arn": context.invoked_function_arn,
            "memory": context.memory_limit_in_mb, "left": context.get_remaining_time_in_millis(),
            "trace": os.environ["_X_AMZN_TRACE_ID"], "root": os.getcwd() == os.environ["LAMBDA_TASK_ROOT"]}
`;
  const { lambda, lines } = lambdaWith([pythonFunction('f', code)]);
  expect(await call(lambda, 'f', { name: 'Ada' })).toEqual({
    greeting: 'Grüße, Ada',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    arn: 'arn:aws:lambda:eu-central-1:111122223333:function:f',
    memory: '128',
    left: expect.any(Number),
    trace: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/),
    root: true,
  });
  expect(lines).toEqual(['f: got Ada']);
});
