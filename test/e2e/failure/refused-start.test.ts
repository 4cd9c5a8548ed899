import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { isRunning, until } from '../../../local/test/fixture/until.ts';
import type { AssemblyChange } from '../../support/local-service/assembly-copy.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';
import { type ServiceSettings, spawnService } from '../../support/local-service/service-process.ts';
import { processesNaming } from '../../support/processes/processes.ts';

const apiKey = 'ek_only-for-this-test-0123456789';
let errand: TestErrand;

beforeAll(async () => {
  errand = await startTestErrand();
});

afterAll(() => errand?.end());

function spawned(settings: Omit<ServiceSettings, 'apiKey'>) {
  const service = spawnService({ ...settings, apiKey });
  onTestFinished(() => service.end());
  return service;
}

function freshDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'errand-refused-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const queueType: AssemblyChange = ({ resources }) => {
  resources.Errand['Extra'] = { Type: 'AWS::Kinesis::Stream', Properties: { ShardCount: 1 } };
};

const functionProperty: AssemblyChange = ({ resources }) => {
  for (const { Type, Properties } of Object.values(resources.Errand))
    if (Type === 'AWS::Lambda::Function') Properties['SnapStart'] = { ApplyOn: 'PublishedVersions' };
};

const ruleTarget: AssemblyChange = ({ resources }) => {
  for (const { Type, Properties } of Object.values(resources.Errand))
    if (Type === 'AWS::Events::Rule') Properties['Targets'][0].EcsParameters = { TaskCount: 1 };
};

const stateType: AssemblyChange = ({ resources }) => {
  for (const { Type, Properties } of Object.values(resources.Errand))
    if (Type === 'AWS::StepFunctions::StateMachine')
      Properties['DefinitionString'] = JSON.stringify({
        QueryLanguage: 'JSONata',
        StartAt: 'Only',
        States: { Only: { Type: 'Succeed' } },
      });
};

test.for([
  ['a type of resource', queueType, /AWS::Kinesis::Stream/],
  ['a property of a resource', functionProperty, /AWS::Lambda::Function.*SnapStart/s],
  ['a property deep inside a resource', ruleTarget, /EcsParameters/],
  ['a query language', stateType, /JSONata/],
] as const)(
  '%s that the local runtime does not support stops the start by name',
  async ([, change, names]) => {
    await expect(startChangedErrand([change])).rejects.toThrow(names);
  },
);

test('a port in use stops the start with status 1 and an instruction', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  if (port === undefined) throw new Error('no port');
  const dataDirectory = freshDirectory();
  const service = spawned({ dataDirectory, port });
  expect(await service.ended).toEqual({
    exitStatus: 1,
    signal: null,
    problems: `Port ${port} of 127.0.0.1 is already in use: stop the program that uses it, or set ERRAND_PORT to another port`,
  });
  await until('its engine ends', () => processesNaming(dataDirectory).length === 0);
});

test('a data folder in use stops the start with status 1 and names the process that uses it', async () => {
  const { dataDirectory } = errand;
  const service = spawned({ dataDirectory });
  expect(await service.ended).toEqual({
    exitStatus: 1,
    signal: null,
    problems: `${dataDirectory} is in use by process ${process.pid}; stop that process or choose another data folder`,
  });
  expect((await errand.call('/v1/services')).status).toBe(200);
});

test('an unusable setting stops the start with status 1', async () => {
  const service = spawned({ dataDirectory: freshDirectory(), port: 65_536 });
  expect(await service.ended).toMatchObject({
    exitStatus: 1,
    problems: 'The port (--port or ERRAND_PORT) must be a number from 0 to 65535, not 65536',
  });
});

test('SIGTERM also stops a service that is not ready yet, which leaves nothing behind', async () => {
  const dataDirectory = freshDirectory();
  const service = spawned({ dataDirectory });
  await until('its engine runs', () => service.family().length > 1);
  service.signal('SIGTERM');
  await service.ended;
  const family = service.family();
  await until('nothing is left', () => !family.some(isRunning));
  await until('no process names its folder', () => processesNaming(dataDirectory).length === 0);
});
