import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type LiveFunction, type LocalCloud, startLocal } from '../../index.ts';
import { temporaryDirectory, writeAssembly } from '../fixture/write-assembly.ts';

const name = 'errand-service-thumb';
const operator = { kind: 'operator' } as const;

test('a live function runs as soon as it was added', async () => {
  const cloud = await start();
  cloud.live.putFunction(liveFunction(`async () => 'first'`));

  expect(await invoke(cloud)).toEqual('first');
});

test('a call that runs ends with the code that it began with; later calls run the new code', async () => {
  const cloud = await start();
  const folder = temporaryDirectory();
  const gate = join(folder, 'open');
  const waiting = `async () => { while (!existsSync(${JSON.stringify(gate)})) await sleep(5); return 'old'; }`;
  cloud.live.putFunction(liveFunction(waiting));
  const running = invoke(cloud);
  await expect.poll(() => cloud.lambda.environmentCount(name)).toBe(1);

  cloud.live.putFunction(liveFunction(`async () => 'new'`));

  expect(await invoke(cloud)).toBe('new');
  writeFileSync(gate, '');
  expect(await running).toBe('old');
});

test('calls that wait for a thread run the new code', async () => {
  const cloud = await start();
  const gate = join(temporaryDirectory(), 'open');
  const waiting = `async () => { while (!existsSync(${JSON.stringify(gate)})) await sleep(5); return 'old'; }`;
  cloud.live.putFunction(liveFunction(waiting));
  const calls = Array.from({ length: 6 }, () => invoke(cloud));
  await expect.poll(() => cloud.lambda.environmentCount(name)).toBe(4);

  cloud.live.putFunction(liveFunction(`async () => 'new'`));
  writeFileSync(gate, '');

  const results = await Promise.all(calls);
  expect(results.filter((result) => result === 'old')).toHaveLength(4);
  expect(results.filter((result) => result === 'new')).toHaveLength(2);
});

test('a removed function is not found', async () => {
  const cloud = await start();
  cloud.live.putFunction(liveFunction(`async () => 1`));
  cloud.live.remove(name);

  await expect(invoke(cloud)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
});

test('the name of a function in a stack is refused', async () => {
  const cloud = await start();

  expect(() => cloud.live.putFunction({ ...liveFunction('async () => 1'), name: 'of-the-stack' })).toThrow(
    'The stack Test already has of-the-stack (AWS::Lambda::Function): choose another name',
  );
});

test('a function that cannot run is refused, and the earlier code continues to run', async () => {
  const cloud = await start();
  cloud.live.putFunction(liveFunction(`async () => 'good'`));

  expect(() => cloud.live.putFunction({ ...liveFunction(''), runtime: 'cobol' })).toThrow(/cobol/);
  expect(await invoke(cloud)).toBe('good');
});

test('live functions exist again after a restart', async () => {
  const dataDirectory = temporaryDirectory();
  const first = await start(dataDirectory);
  first.live.putFunction(liveFunction(`async () => 'kept'`));
  await first.stop();

  const second = await start(dataDirectory);
  expect(await invoke(second)).toBe('kept');
  second.live.remove(name);
  await second.stop();

  const third = await start(dataDirectory);
  await expect(invoke(third)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
});

test('a stored live function that can no longer run is dropped', async () => {
  const dataDirectory = temporaryDirectory();
  const first = await start(dataDirectory);
  first.live.putFunction(liveFunction('async () => 1'));
  await first.stop();
  const file = join(dataDirectory, 'live.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('nodejs24.x', 'cobol'));

  const second = await start(dataDirectory);
  await expect(invoke(second)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  expect(readFileSync(file, 'utf8')).toBe('[]');
});

test('a live function has a role without permissions', async () => {
  const cloud = await start();
  cloud.live.putFunction(liveFunction(`async () => process.env.AWS_ACCESS_KEY_ID`));
  const keyId = String(await invoke(cloud));

  expect(keyId).toMatch(/^AKIA/);
  expect(keyId).not.toBe(cloud.aws.accessKeyId);
});

async function start(dataDirectory = temporaryDirectory()): Promise<LocalCloud> {
  const cloud = await startLocal({
    assemblyDirectory: writeAssembly({ Test: template }),
    dataDirectory,
    port: 0,
    oneAtATime: () => true,
    log: () => undefined,
  });
  onTestFinished(() => cloud.stop());
  return cloud;
}

const template = {
  Resources: {
    Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'api' } },
    Stage: { Type: 'AWS::ApiGateway::Stage', Properties: { RestApiId: { Ref: 'Api' }, StageName: 'v1' } },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'of-the-stack',
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
          ],
        },
      },
    },
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'of-the-stack',
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Code: { S3Bucket: 'assets', S3Key: 'code.zip' },
      },
    },
  },
};

/** Each build has a directory of its own, which ends in the test's folder. */
function liveFunction(handler: string): LiveFunction {
  const parent = temporaryDirectory();
  const directory = mkdtempSync(join(parent, 'build-'));
  mkdirSync(directory, { recursive: true });
  const imports = `import { existsSync } from 'node:fs';\nimport { setTimeout as sleep } from 'node:timers/promises';\n`;
  writeFileSync(join(directory, 'index.mjs'), `${imports}export const handler = ${handler};\n`);
  return {
    name,
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    directory,
    memoryMegabytes: 256,
    timeoutSeconds: 30,
    environment: {},
  };
}

async function invoke(cloud: LocalCloud): Promise<unknown> {
  const { payload } = await cloud.lambda.invoke({ functionName: name, payload: '{}', principal: operator });
  return JSON.parse(payload);
}
