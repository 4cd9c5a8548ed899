import { readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { AppSource } from '../../apps/load-apps.ts';
import { type LocalCloud, startLocal } from '../../start-local.ts';
import { functionWith } from '../fixture/role-stack.ts';
import { signedCall } from '../fixture/signed-call.ts';
import { until } from '../fixture/until.ts';
import { type Template, temporaryDirectory, writeAssembly } from '../fixture/write-assembly.ts';
import { synthesizeTeamApp, type TeamApp } from './team-app.ts';

let team: TeamApp;
beforeAll(() => {
  team = synthesizeTeamApp();
});
afterAll(() => rmSync(team.folder, { recursive: true, force: true }));

function tableWith(key: string): Template {
  return {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'notes',
      AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
    },
  };
}

/** The first app: a REST API, which the runtime needs, a bus and a table. */
const firstStack = {
  Resources: {
    Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'api' } },
    Stage: { Type: 'AWS::ApiGateway::Stage', Properties: { RestApiId: { Ref: 'Api' }, StageName: 'v1' } },
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'jobs' } },
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: 'jobs',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      },
    },
  },
};

async function start(
  apps: readonly AppSource[],
  dataDirectory: string,
): Promise<LocalCloud & { lines: string[] }> {
  const lines: string[] = [];
  const cloud = await startLocal({
    assemblyDirectory: writeAssembly({ First: firstStack }),
    apps,
    dataDirectory,
    port: 0,
    oneAtATime: () => false,
    log: (line) => lines.push(line),
  });
  onTestFinished(() => cloud.stop());
  return { ...cloud, lines };
}

function teamSource(): AppSource {
  return { name: 'team', assemblyDirectory: team.assemblyDirectory };
}

function templateApp(name: string, resources: Template): AppSource {
  return { name, assemblyDirectory: writeAssembly({ [name]: { Resources: resources } }) };
}

async function putEvent({ aws }: LocalCloud, detail: Template): Promise<void> {
  const entry = { Source: 'test', DetailType: 'job', EventBusName: 'jobs', Detail: JSON.stringify(detail) };
  const target = 'AWSEvents.PutEvents';
  const input = { Entries: [entry] };
  const { json } = await signedCall({ url: aws.endpoint, service: 'events', target, input, key: aws });
  expect(json['FailedEntryCount']).toBe(0);
}

/** Returns the detail of the next event in the queue of the team, and removes its message. */
async function receive({ aws, output }: LocalCloud): Promise<unknown> {
  const call = { url: aws.endpoint, service: 'sqs', key: aws };
  const queue = { QueueUrl: output('Team', 'InboxUrl') };
  const message = await until('a message', async () => {
    const { json } = await signedCall({ ...call, target: 'AmazonSQS.ReceiveMessage', input: queue });
    // SQS's own shape.
    return (json['Messages'] as ReadonlyArray<{ Body: string; ReceiptHandle: string }> | undefined)?.[0];
  });
  const input = { ...queue, ReceiptHandle: message.ReceiptHandle };
  await signedCall({ ...call, target: 'AmazonSQS.DeleteMessage', input });
  return (JSON.parse(message.Body) as { detail: unknown }).detail;
}

function linesOf(file: string): readonly unknown[] {
  const lines = readFileSync(file, { encoding: 'utf8', flag: 'a+' }).split('\n');
  return lines.filter(Boolean).map((line) => JSON.parse(line));
}

/** The ids of the events that the function has written. */
function idsOf(file: string): readonly unknown[] {
  return linesOf(file).map((line) => (line as { detail: { id: unknown } }).detail.id); // written by the function
}

test('a rule of an app receives events of the first app, and its function may do only what its role permits', async () => {
  const dataDirectory = temporaryDirectory();
  const cloud = await start([teamSource()], dataDirectory);
  expect(cloud.apps).toEqual([{ name: 'team', stacks: ['Team'] }]);
  await putEvent(cloud, { id: '1', status: 'succeeded' });
  await putEvent(cloud, { id: '2', status: 'failed' });
  expect(await receive(cloud)).toEqual({ id: '2', status: 'failed' });
  await until('the function ran', () => linesOf(team.file).length > 0);
  expect(linesOf(team.file)).toEqual([
    { detail: { id: '2', status: 'failed' }, outcome: 'AccessDeniedException' },
  ]);
  expect(cloud.lines.join('\n')).toContain('dynamodb:GetItem');
});

test('a function of an app reads a queue, and its URL is served', async () => {
  const cloud = await start([teamSource()], temporaryDirectory());
  const before = linesOf(team.archive).length;
  await putEvent(cloud, { id: '5', status: 'failed' });
  await until('the message is archived', () => linesOf(team.archive).length > before);
  expect(linesOf(team.archive).at(-1)).toEqual({ id: '5', status: 'failed' });
  const address = cloud.output('Team', 'ArchiveUrl');
  expect(address.startsWith(`${cloud.url}/_url/`)).toBe(true);
  expect(await (await fetch(address)).json()).toEqual({ messages: 0 });
});

test('the queues of an app keep their messages while the runtime is stopped, and while the app does not run', async () => {
  const dataDirectory = temporaryDirectory();
  const first = await start([teamSource()], dataDirectory);
  await putEvent(first, { id: '3', status: 'failed' });
  await until('the function ran', () => idsOf(team.file).includes('3'));
  await first.stop();
  const alone = await start([], dataDirectory);
  expect(() => alone.output('Team', 'InboxUrl')).toThrow('The stack Team has no output InboxUrl');
  await alone.stop();
  const second = await start([teamSource()], dataDirectory);
  expect(await receive(second)).toEqual({ id: '3', status: 'failed' });
});

test('a broken app does not run, and its error is logged; the app beside it runs', async () => {
  const broken = templateApp('broken', { Alerts: { Type: 'AWS::SNS::Topic' } });
  const same = templateApp('same', functionWith('notify', []));
  const cloud = await start([broken, teamSource(), same], temporaryDirectory());
  expect(cloud.apps.map(({ stacks }) => stacks)).toEqual([[], ['Team'], []]);
  expect(cloud.lines).toEqual([cloud.apps[0]?.error, cloud.apps[2]?.error]);
  expect(cloud.apps[2]?.error).toMatch(/same\/notify .* already has the ARN .*:function:notify$/m);
  await putEvent(cloud, { id: '4', status: 'failed' });
  expect(await receive(cloud)).toEqual({ id: '4', status: 'failed' });
});

test('a table that cannot be changed in place stops only its app', async () => {
  const dataDirectory = temporaryDirectory();
  const before = await start([templateApp('Notes', { Table: tableWith('id') })], dataDirectory);
  expect(before.apps).toEqual([{ name: 'Notes', stacks: ['Notes'] }]);
  await before.stop();
  const after = await start(
    [templateApp('Notes', { Table: tableWith('other') }), templateApp('Free', { Table: tableWith('id') })],
    dataDirectory,
  );
  expect(after.apps[0]).toMatchObject({ stacks: [] });
  expect(after.apps[0]?.error).toMatch(
    /The app Notes does not run: Notes\/Table \(AWS::DynamoDB::Table\): the key of table notes is/,
  );
  expect(after.apps[1]).toEqual({ name: 'Free', stacks: ['Free'] });
});
