import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  App,
  aws_apigateway as apigateway,
  CfnOutput,
  aws_cloudwatch as cloudwatch,
  Duration,
  aws_lambda_destinations as destinations,
  aws_dynamodb as dynamodb,
  aws_events as events,
  aws_lambda as lambda,
  aws_logs as logs,
  Stack,
  aws_s3 as s3,
  aws_lambda_event_sources as sources,
  aws_sqs as sqs,
  aws_stepfunctions as stepfunctions,
  aws_events_targets as targets,
  aws_stepfunctions_tasks as tasks,
} from 'aws-cdk-lib';
import { expect, test } from 'vitest';
import { loadAssembly } from '../../assembly/load-assembly.ts';
import { accessControl } from '../../iam/access-control.ts';
import { accessKeys } from '../../iam/access-keys.ts';
import { temporaryDirectory } from '../fixture/write-assembly.ts';

const testAccount = { accountId: '123456789012', region: 'eu-central-1' };

function synthesize(): string {
  const code = join(temporaryDirectory(), 'code');
  mkdirSync(code);
  writeFileSync(join(code, 'index.mjs'), 'export const handler = async () => null;');
  const outdir = join(temporaryDirectory(), 'out');
  const app = new App({
    outdir,
    analyticsReporting: false,
    context: { 'aws:cdk:disable-stack-trace': true },
  });
  const core = new Stack(app, 'Core');
  const table = new dynamodb.Table(core, 'Table', {
    partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    stream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
    timeToLiveAttribute: 'ttl',
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: true,
  });
  table.addGlobalSecondaryIndex({
    indexName: 'byOwner',
    partitionKey: { name: 'owner', type: dynamodb.AttributeType.STRING },
  });
  const bucket = new s3.Bucket(core, 'Bucket', {
    enforceSSL: true,
    encryption: s3.BucketEncryption.S3_MANAGED,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    lifecycleRules: [{ expiration: Duration.days(30) }],
  });
  const dead = new sqs.Queue(core, 'Dead', { enforceSSL: true });
  const bus = new events.EventBus(core, 'Bus', { eventBusName: 'orders' });
  const functionFor = (id: string, more: Partial<lambda.FunctionProps> = {}) =>
    new lambda.Function(core, id, {
      code: lambda.Code.fromAsset(code),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      tracing: lambda.Tracing.ACTIVE,
      logGroup: new logs.LogGroup(core, `${id}Logs`),
      ...more,
    });
  const api = functionFor('Api', { reservedConcurrentExecutions: 7 });
  const follow = functionFor('Follow', {
    retryAttempts: 1,
    onFailure: new destinations.SqsDestination(dead),
  });
  const authorize = functionFor('Authorize');
  table.grantReadData(api);
  bucket.grantRead(api);
  bus.grantPutEventsTo(follow);
  follow.addEventSource(
    // Safe cast: the construct differs from its interface only in how optional members are declared.
    new sources.DynamoEventSource(table as dynamodb.ITable, {
      startingPosition: lambda.StartingPosition.TRIM_HORIZON,
      batchSize: 50,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      maxRecordAge: Duration.hours(2),
      retryAttempts: 3,
      onFailure: new sources.S3OnFailureDestination(bucket as s3.IBucket),
      filters: [lambda.FilterCriteria.filter({ eventName: ['INSERT'] })],
    }),
  );
  new events.Rule(core, 'Failed', {
    eventBus: bus,
    eventPattern: { source: ['orders'] },
    targets: [new targets.SqsQueue(dead)],
  });
  new events.Rule(core, 'EveryMinute', {
    schedule: events.Schedule.rate(Duration.minutes(1)),
    targets: [new targets.LambdaFunction(follow)],
  });
  new stepfunctions.StateMachine(core, 'Machine', {
    definitionBody: stepfunctions.DefinitionBody.fromChainable(
      new tasks.LambdaInvoke(core, 'Invoke', { lambdaFunction: follow }),
    ),
    stateMachineType: stepfunctions.StateMachineType.EXPRESS,
    tracingEnabled: true,
  });
  const rest = new apigateway.RestApi(core, 'Rest', {
    endpointTypes: [apigateway.EndpointType.REGIONAL],
    cloudWatchRole: false,
    deployOptions: { stageName: 'v1', throttlingRateLimit: 100 },
  });
  const authorizer = new apigateway.RequestAuthorizer(core, 'Keys', {
    handler: authorize,
    identitySources: [],
    resultsCacheTtl: Duration.seconds(0),
  });
  // The construct writes an empty string for no source.
  const resource = authorizer.node.defaultChild as apigateway.CfnAuthorizer;
  resource.addPropertyDeletionOverride('IdentitySource');
  rest.root.addProxy({
    defaultIntegration: new apigateway.LambdaIntegration(api),
    defaultMethodOptions: { authorizer },
  });
  rest.addGatewayResponse('Unauthorized', {
    type: apigateway.ResponseType.UNAUTHORIZED,
    responseHeaders: { 'WWW-Authenticate': "'Bearer'" },
    templates: { 'application/json': '{}' },
  });
  new cloudwatch.Alarm(core, 'DeadLetters', {
    metric: dead.metricApproximateNumberOfMessagesVisible(),
    threshold: 1,
    evaluationPeriods: 1,
  });
  new CfnOutput(core, 'ApiUrl', { value: rest.url });
  const open = authorize.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.NONE });
  new CfnOutput(core, 'OpenUrl', { value: open.url });
  const second = new Stack(app, 'Second');
  const reader = new lambda.Function(second, 'Reader', {
    code: lambda.Code.fromAsset(code),
    handler: 'index.handler',
    runtime: lambda.Runtime.NODEJS_24_X,
    environment: { TABLE: table.tableName, API_URL: rest.url },
  });
  table.grantReadData(reader);
  app.synth();
  return outdir;
}

test('a synthesized app is resolved completely', () => {
  const directory = synthesize();
  const model = loadAssembly(directory, { ...testAccount, apiBaseUrl: 'http://127.0.0.1:4510' });

  const [table] = model.ofType('AWS::DynamoDB::Table');
  const functions = new Map(
    model.ofType('AWS::Lambda::Function').map((each) => [each.logicalId.replace(/[0-9A-F]{8}$/, ''), each]),
  );
  expect(table?.arn).toBe(`arn:aws:dynamodb:eu-central-1:123456789012:table/${table?.ref}`);
  expect(functions.get('Reader')?.properties['Environment']).toEqual({
    Variables: { TABLE: table?.ref, API_URL: 'http://127.0.0.1:4510/' },
  });
  expect(functions.get('Api')?.assetDirectory).toContain(directory);
  expect(model.outputs).toContainEqual({ stack: 'Core', name: 'ApiUrl', value: 'http://127.0.0.1:4510/' });

  const [url] = model.ofType('AWS::Lambda::Url');
  expect(url?.ref).toBe(functions.get('Authorize')?.arn);
  const address = model.outputs.find(({ name }) => name === 'OpenUrl')?.value;
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:4510\/_url\/[a-z0-9]{32}\/$/);
  const inAws = loadAssembly(directory, testAccount).outputs.find(({ name }) => name === 'OpenUrl')?.value;
  expect(inAws).toMatch(/^https:\/\/[a-z0-9]{32}\.lambda-url\.eu-central-1\.on\.aws\/$/);

  const [mapping] = model.ofType('AWS::Lambda::EventSourceMapping');
  expect(mapping?.properties['EventSourceArn']).toBe(`${table?.arn}/stream/2020-01-01T00:00:00.000`);
  const [machine] = model.ofType('AWS::StepFunctions::StateMachine');
  expect(machine?.ref).toBe(machine?.arn);
  expect(String(machine?.properties['DefinitionString'])).toContain(functions.get('Follow')?.arn);
  const rules = model.ofType('AWS::Events::Rule').map((rule) => rule.arn);
  expect(rules.filter((arn) => arn?.includes(':rule/orders/'))).toHaveLength(1);

  const readerRole = String(functions.get('Reader')?.properties['Role']);
  const access = accessControl(model);
  const principal = { kind: 'role', roleArn: readerRole, sessionName: 'test' } as const;
  const tableArn = String(table?.arn);
  expect(() => access.require(principal, { action: 'dynamodb:GetItem', resource: tableArn })).not.toThrow();
  expect(() => access.require(principal, { action: 'dynamodb:PutItem', resource: tableArn })).toThrow(
    readerRole,
  );
  expect(accessKeys(model).forFunction(String(functions.get('Reader')?.arn)).accessKeyId).toMatch(
    /^AKIA[A-Z2-7]{16}$/,
  );
});

test('generated names are the same at every load', () => {
  const directory = synthesize();
  const names = () => loadAssembly(directory, testAccount).resources.map(({ ref, arn }) => ({ ref, arn }));
  expect(names()).toEqual(names());
});
