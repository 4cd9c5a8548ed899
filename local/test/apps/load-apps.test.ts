import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type AppSource, loadApps } from '../../apps/load-apps.ts';
import { loadAssembly } from '../../assembly/load-assembly.ts';
import { functionWith } from '../fixture/role-stack.ts';
import { type Template, temporaryDirectory, writeAssembly } from '../fixture/write-assembly.ts';

const account = { accountId: '000000000000', region: 'us-east-1' };
const apiBaseUrl = 'http://127.0.0.1:4510';
const pattern = { source: ['errand'] };

/** The first app: a bus, a table, a function and an export. */
const firstStack = {
  Resources: {
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'jobs' } },
    Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'api' } },
    ...functionWith('submit', []),
  },
  Outputs: { BusName: { Value: { Ref: 'Bus' }, Export: { Name: 'bus-name' } } },
};

function appOf(name: string, resources: Template, sections: Template = {}): AppSource {
  return { name, assemblyDirectory: writeAssembly({ [name]: { ...sections, Resources: resources } }) };
}

function load(...sources: readonly AppSource[]) {
  const base = loadAssembly(writeAssembly({ First: firstStack }), account);
  return loadApps(sources, {
    base,
    apiBaseUrl,
    inlineCodeDirectory: temporaryDirectory(),
    accountConcurrency: 1000,
  });
}

/** Returns the error of an app that is loaded alone, without the line that names it. */
function errorOf(resources: Template, sections?: Template): string | undefined {
  return load(appOf('Team', resources, sections)).apps[0]?.error?.replace(
    /^The app Team does not run:\s/,
    '',
  );
}

const queue = (name: string, properties: Template = {}) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName: name, ...properties },
});
const rule = (properties: Template) => ({
  Type: 'AWS::Events::Rule',
  Metadata: { 'aws:cdk:path': 'Team/Failed/Resource' },
  Properties: { EventPattern: pattern, ...properties },
});

test('an app runs beside the first one and refers to its resources by name', () => {
  const { apps, model } = load(
    appOf('Team', { Rule: rule({ EventBusName: 'jobs' }), Inbox: queue('inbox') }),
  );
  expect(apps).toEqual([{ name: 'Team', stacks: ['Team'] }]);
  expect(model.ofType('AWS::SQS::Queue').map(({ ref }) => ref)).toEqual([
    'https://sqs.us-east-1.amazonaws.com/000000000000/inbox',
  ]);
  expect(model.ofType('AWS::Lambda::Function')).toHaveLength(1);
});

test('an unsupported type stops its app, and the error names the app, the resource and its construct', () => {
  const topic = { Type: 'AWS::SNS::Topic', Metadata: { 'aws:cdk:path': 'Team/Alerts/Resource' } };
  const { apps, model } = load(appOf('Team', { AlertsD3: topic, Inbox: queue('inbox') }));
  expect(apps[0]).toEqual({
    name: 'Team',
    stacks: [],
    error:
      'The app Team does not run:\n- Team/AlertsD3 (AWS::SNS::Topic, construct Team/Alerts/Resource): this type is not supported by the local runtime; use an SQS queue or a Lambda function as the target',
  });
  expect(model.resources.filter(({ stack }) => stack === 'Team')).toEqual([]);
});

test('an unsupported property stops its app, and the error names the property', () => {
  expect(errorOf({ Inbox: queue('inbox.fifo', { FifoQueue: true }) })).toBe(
    '- Team/Inbox (AWS::SQS::Queue): property FifoQueue is not supported',
  );
});

test.each([
  [
    'a rule on a bus that does not exist',
    { Rule: rule({ EventBusName: 'nobodys' }) },
    '- Team/Rule (AWS::Events::Rule, construct Team/Failed/Resource): event bus nobodys does not exist',
  ],
  [
    'a target of another service',
    { Rule: rule({ Targets: [{ Id: 'a', Arn: 'arn:aws:sns:us-east-1:000000000000:alerts' }] }) },
    '- Team/Rule (AWS::Events::Rule, construct Team/Failed/Resource): property Targets.Arn arn:aws:sns:us-east-1:000000000000:alerts is not supported; the local runtime delivers to queues, functions, state machines and buses',
  ],
  [
    'a role that is in none of the apps',
    {
      Fn: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Code: { S3Bucket: 'assets', S3Key: 'code.zip' },
          Handler: 'index.handler',
          Runtime: 'nodejs24.x',
          Role: 'arn:aws:iam::000000000000:role/elsewhere',
        },
      },
    },
    '- Team/Fn (AWS::Lambda::Function): role arn:aws:iam::000000000000:role/elsewhere is not in the app',
  ],
  [
    'a policy of a role that is in none of the apps',
    {
      Policy: {
        Type: 'AWS::IAM::Policy',
        Properties: { PolicyName: 'p', PolicyDocument: { Statement: [] }, Roles: ['elsewhere'] },
      },
    },
    '- Team/Policy (AWS::IAM::Policy): its role elsewhere is in none of the apps',
  ],
  [
    'a dead-letter queue that does not exist',
    {
      Inbox: queue('inbox', {
        RedrivePolicy: {
          deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead',
          maxReceiveCount: 2,
        },
      }),
    },
    '- Team/Inbox (AWS::SQS::Queue): property RedrivePolicy.deadLetterTargetArn: no app has the queue arn:aws:sqs:us-east-1:000000000000:dead',
  ],
  [
    'a REST API',
    { Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'own' } } },
    '- Team/Api (AWS::ApiGateway::RestApi): the local runtime serves only the REST API of the first app; use a function URL instead',
  ],
  [
    'a table with a replica in another region',
    {
      Seen: {
        Type: 'AWS::DynamoDB::GlobalTable',
        Properties: { Replicas: [{ Region: { Ref: 'AWS::Region' } }, { Region: 'eu-central-1' }] },
      },
    },
    '- Team/Seen (AWS::DynamoDB::GlobalTable): property Replicas.Region eu-central-1 is not supported; only us-east-1 is',
  ],
  [
    'a dynamic reference',
    { Inbox: queue('{{resolve:ssm:/names/inbox}}') },
    '- Team/Inbox (AWS::SQS::Queue): the dynamic reference {{resolve:ssm:/names/inbox}} is not supported by the local runtime',
  ],
])('%s stops the app', (_what, resources, error) => {
  expect(errorOf(resources)).toBe(error);
});

test('a value of the Parameter Store stops the app, but the version of the bootstrap stack does not', () => {
  const Parameters = {
    BootstrapVersion: {
      Type: 'AWS::SSM::Parameter::Value<String>',
      Default: '/cdk-bootstrap/hnb659fds/version',
    },
    Name: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/names/inbox' },
  };
  const Rules = { CheckBootstrapVersion: { Assertions: [] } };
  expect(errorOf({ Inbox: queue('inbox') }, { Parameters, Rules })).toBeUndefined();
  expect(
    errorOf({ Inbox: { ...queue(''), Properties: { QueueName: { Ref: 'Name' } } } }, { Parameters }),
  ).toBe(
    '- Team/Inbox (AWS::SQS::Queue): parameter Name is read from the Parameter Store, which the local runtime does not have',
  );
});

test('a template that needs a macro stops the app', () => {
  expect(errorOf({}, { Transform: 'AWS::Serverless-2016-10-31' })).toBe(
    '- stack Team: the section Transform is not supported',
  );
});

test('a folder without an assembly stops only its app', () => {
  const { apps } = load(
    { name: 'gone', assemblyDirectory: '/nowhere/cdk.out' },
    appOf('Team', { Inbox: queue('inbox') }),
  );
  expect(apps.map(({ name, error }) => [name, error === undefined])).toEqual([
    ['gone', false],
    ['Team', true],
  ]);
  expect(apps[0]?.error).toContain('The app gone does not run: /nowhere/cdk.out/manifest.json');
});

/** Writes the app `Team` and changes its manifest. */
function changedManifest(change: (manifest: Manifest) => unknown): AppSource {
  const app = appOf('Team', { Inbox: queue('inbox') });
  const file = join(app.assemblyDirectory, 'manifest.json');
  const changed = change(JSON.parse(readFileSync(file, 'utf8')));
  writeFileSync(file, typeof changed === 'string' ? changed : JSON.stringify(changed));
  return app;
}
interface Manifest {
  readonly artifacts: { readonly Team: object };
}

test.each([
  [
    'that is bound to another account',
    ({ artifacts }: Manifest) => ({
      artifacts: {
        ...artifacts,
        Team: { ...artifacts.Team, environment: 'aws://111122223333/eu-central-1' },
      },
    }),
    '- stack Team is bound to account and region 111122223333 eu-central-1, but the runtime was started with 000000000000 us-east-1: synthesize it without `env`, or',
  ],
  [
    'that needs lookups',
    (manifest: Manifest) => ({ ...manifest, missing: [{ key: 'vpc-provider:account=1', provider: 'vpc' }] }),
    'The app needs lookups in an AWS account, which the local runtime does not make: vpc-provider:account=1. Add',
  ],
  ['whose manifest is not JSON', () => '{', 'manifest.json is not valid JSON; synthesize the app again'],
])('an app %s does not run', (_what, change, error) => {
  const { apps } = load(changedManifest(change));
  expect(apps[0]?.stacks).toEqual([]);
  expect(apps[0]?.error).toContain(error);
});

test('two apps with the same name are refused', () => {
  const app = appOf('Team', { Inbox: queue('inbox') });
  expect(() => load(app, app)).toThrow('Each of the apps needs a name that no other app has');
});

test('a name that another app has stops the later app', () => {
  const { apps, model } = load(
    appOf('Team', functionWith('notify', [])),
    appOf('Other', functionWith('notify', [])),
    appOf('Third', functionWith('submit', [])),
    appOf('First', { Inbox: queue('inbox') }),
  );
  expect(apps.map(({ stacks }) => stacks)).toEqual([['Team'], [], [], []]);
  expect(apps[1]?.error).toContain(
    '- Other/notify (AWS::Lambda::Function): Team/notify already has the ARN arn:aws:lambda:us-east-1:000000000000:function:notify',
  );
  expect(apps[2]?.error).toContain('First/submit already has the ARN');
  expect(apps[3]?.error).toContain('another app already has a stack First');
  expect(model.ofType('AWS::Lambda::Function').map(({ ref }) => ref)).toEqual(['submit', 'notify']);
});

test('an app that does not run takes with it the apps that refer to it, and frees its names', () => {
  const { apps } = load(
    appOf('Owner', {
      Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'orders' } },
      Inbox: queue('inbox'),
      Rule: rule({ EventBusName: 'nobodys' }),
    }),
    appOf('User', { Rule: rule({ EventBusName: 'orders' }) }),
    appOf('Third', { Inbox: queue('inbox') }),
  );
  expect(apps.map(({ stacks }) => stacks)).toEqual([[], [], ['Third']]);
  expect(apps[1]?.error).toContain('event bus orders does not exist');
});

test('an app imports outputs of the first app and of apps before it', () => {
  const exporting = appOf(
    'Owner',
    { Inbox: queue('inbox') },
    { Outputs: { InboxUrl: { Value: { Ref: 'Inbox' } } } },
  );
  const importing = appOf('User', {
    Rule: rule({ EventBusName: { 'Fn::ImportValue': 'bus-name' } }),
    Policy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ 'Fn::GetStackOutput': { StackName: 'Owner', OutputName: 'InboxUrl' } }],
        PolicyDocument: { Statement: [] },
      },
    },
  });
  expect(load(exporting, importing).apps.map(({ error }) => error)).toEqual([undefined, undefined]);
  expect(load(importing).apps[0]?.error).toContain('no stack Owner has an output InboxUrl');
});

test('code that a template contains is written into a folder of its own', () => {
  const source = 'exports.handler = async () => 1;';
  const { apps, model } = load(appOf('Team', functionWith('notify', [], { Code: { ZipFile: source } })));
  expect(apps[0]?.error).toBeUndefined();
  const folder = model.ofType('AWS::Lambda::Function').find(({ ref }) => ref === 'notify')?.assetDirectory;
  expect(readFileSync(join(String(folder), 'index.js'), 'utf8')).toBe(source);
});

test('reservations beyond the concurrency of the account stop the app that needs them', () => {
  const greedy = appOf('Greedy', functionWith('notify', [], { ReservedConcurrentExecutions: 950 }));
  const { apps } = load(greedy, appOf('Team', { Inbox: queue('inbox') }));
  expect(apps.map(({ stacks }) => stacks)).toEqual([[], ['Team']]);
  expect(apps[0]?.error).toContain('ReservedConcurrentExecutions of notify (950 in all)');
});
