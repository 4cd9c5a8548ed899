import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
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

describe('a function whose folder contains awslambdaric', () => {
  const client = 'import sys\ndef main(args):\n  print("client of AWS runs", args[1])\n  sys.exit(5)\n';
  const code = 'def handler(event, context):\n  return "ran"\n';

  /** The native part of the package is the module `runtime_client`. */
  function functionWithClient(native: string) {
    const resource = pythonFunction('f', code);
    const folder = resource.assetDirectory ?? '';
    mkdirSync(join(folder, 'awslambdaric'));
    writeFileSync(join(folder, 'awslambdaric', '__main__.py'), client);
    writeFileSync(join(folder, 'runtime_client.py'), native);
    return resource;
  }

  test('runs with it', async () => {
    const { lambda, lines } = lambdaWith([functionWithClient('')]);
    expect(await call(lambda, 'f')).toMatchObject({ payload: { errorType: 'Runtime.ExitError' } });
    expect(lines).toContain('f: client of AWS runs index.handler');
  });

  test('runs without it if it is built for another machine', async () => {
    const { lambda } = lambdaWith([functionWithClient('raise ImportError("wrong ELF class")')]);
    expect(await call(lambda, 'f')).toBe('ran');
  });
});

test('Python writes no byte code into the folder of the function', async () => {
  const resource = pythonFunction('f', 'import other\ndef handler(event, context):\n  return other.value\n');
  writeFileSync(join(resource.assetDirectory ?? '', 'other.py'), 'value = 1\n');
  const { lambda } = lambdaWith([resource]);
  expect(await call(lambda, 'f')).toBe(1);
  expect(readdirSync(resource.assetDirectory ?? '').toSorted()).toEqual(['index.py', 'other.py']);
});
