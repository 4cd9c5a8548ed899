import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  App,
  CfnOutput,
  Duration,
  aws_dynamodb as dynamodb,
  aws_events as events,
  aws_lambda as lambda,
  aws_logs as logs,
  Size,
  Stack,
  aws_lambda_event_sources as sources,
  aws_sqs as sqs,
  aws_events_targets as targets,
} from 'aws-cdk-lib';

const sdk = join(import.meta.dirname, '..', '..', '..', 'node_modules', '@aws-sdk', 'client-dynamodb');

/**
 * Stores the id of each event in a table, and writes the event to the file that `FILE` names, with the name of the error with which DynamoDB refuses to read the
 * table `jobs`.
 */
const notify = `
import { appendFileSync } from 'node:fs';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from ${JSON.stringify(pathToFileURL(join(sdk, 'dist-cjs', 'index.js')))};
const client = new DynamoDBClient();
export const handler = async (event) => {
  await client.send(new PutItemCommand({ TableName: process.env.SEEN, Item: { id: { S: event.id } } }));
  const read = client.send(new GetItemCommand({ TableName: 'jobs', Key: { pk: { S: 'a' } } }));
  const outcome = await read.then(() => 'allowed', (error) => error.name);
  appendFileSync(process.env.FILE, JSON.stringify({ detail: event.detail, outcome }) + '\\n');
};`;

/** Writes the bodies of messages to the file that `FILE` names, and returns the number of messages. */
const archive = `
const { appendFileSync } = require('node:fs');
exports.handler = async ({ Records: records = [] }) => {
  for (const { body } of records) appendFileSync(process.env.FILE, body + '\\n');
  return { messages: records.length };
};`;

/** The app of a team, as `cdk synth` writes it. */
export interface TeamApp {
  readonly folder: string;
  readonly assemblyDirectory: string;
  /** JSON lines that its function for events writes. */
  readonly file: string;
  /** JSON lines that its function for messages writes. */
  readonly archive: string;
}

/**
 * Synthesizes an app whose rule on the bus `jobs` has two queues and a function as its targets. Another function, which
 * has a URL, reads one of the queues. The caller deletes the folder.
 */
export function synthesizeTeamApp(): TeamApp {
  const folder = mkdtempSync(join(tmpdir(), 'team-app-'));
  const files = { file: join(folder, 'events.jsonl'), archive: join(folder, 'archive.jsonl') };
  const code = join(folder, 'notify');
  mkdirSync(code);
  writeFileSync(join(code, 'index.mjs'), notify);
  const app = new App({
    analyticsReporting: true,
    outdir: join(folder, 'cdk.out'),
    context: { 'aws:cdk:enable-path-metadata': true, 'aws:cdk:disable-stack-trace': true },
  });
  const stack = new Stack(app, 'Team');
  const inbox = new sqs.Queue(stack, 'Inbox', {
    queueName: 'inbox',
    enforceSSL: true,
    deadLetterQueue: { queue: new sqs.Queue(stack, 'Dead'), maxReceiveCount: 3 },
  });
  const notifier = new lambda.Function(stack, 'Notify', {
    functionName: 'notify',
    code: lambda.Code.fromAsset(code),
    handler: 'index.handler',
    runtime: lambda.Runtime.NODEJS_24_X,
    timeout: Duration.seconds(30),
    environment: { FILE: files.file },
  });
  const seen = new dynamodb.TableV2(stack, 'Seen', {
    partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
    timeToLiveAttribute: 'expiresAt',
  });
  seen.grantReadWriteData(notifier);
  notifier.addEnvironment('SEEN', seen.tableName);
  const tasks = new sqs.Queue(stack, 'Tasks');
  const archiver = new lambda.Function(stack, 'Archive', {
    code: lambda.Code.fromInline(archive),
    handler: 'index.handler',
    runtime: lambda.Runtime.NODEJS_24_X,
    timeout: Duration.seconds(30),
    environment: { FILE: files.archive },
    logGroup: new logs.LogGroup(stack, 'ArchiveLogs'),
    ephemeralStorageSize: Size.gibibytes(1),
  });
  archiver.addEventSource(new sources.SqsEventSource(tasks, { reportBatchItemFailures: true }));
  const url = archiver.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.NONE });
  new events.Rule(stack, 'Failed', {
    eventBus: events.EventBus.fromEventBusName(stack, 'Jobs', 'jobs'),
    eventPattern: { detail: { status: ['failed'] } },
    targets: [
      new targets.SqsQueue(inbox),
      new targets.SqsQueue(tasks, { message: events.RuleTargetInput.fromEventPath('$.detail') }),
      new targets.LambdaFunction(notifier),
    ],
  });
  new CfnOutput(stack, 'InboxUrl', { value: inbox.queueUrl });
  new CfnOutput(stack, 'ArchiveUrl', { value: url.url });
  app.synth();
  return { folder, assemblyDirectory: join(folder, 'cdk.out'), ...files };
}
