import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const cdk = join(import.meta.dirname, '..', '..', '..', 'node_modules', 'aws-cdk-lib', 'index.js');

/** A CDK app with a rule on the bus of Errand for failed jobs, whose targets are a queue and a function. */
const teamApp = `
import cdk from ${JSON.stringify(pathToFileURL(cdk))};
const { App, CfnOutput, Duration, Stack, aws_events: events, aws_events_targets: targets, aws_lambda: lambda, aws_sqs: sqs } = cdk;
const app = new App();
const stack = new Stack(app, 'Team', {
  env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION },
});
const inbox = new sqs.Queue(stack, 'Inbox');
const notify = new lambda.Function(stack, 'Notify', {
  code: lambda.Code.fromAsset('notify'),
  handler: 'index.handler',
  runtime: lambda.Runtime.NODEJS_24_X,
  timeout: Duration.seconds(60),
  environment: { FILE: app.node.getContext('file') },
});
new events.Rule(stack, 'Failed', {
  eventBus: events.EventBus.fromEventBusName(stack, 'Jobs', 'errand-events'),
  eventPattern: { detail: { type: ['errand.job.failed'] } },
  targets: [new targets.SqsQueue(inbox), new targets.LambdaFunction(notify)],
});
new CfnOutput(stack, 'InboxUrl', { value: inbox.queueUrl });
app.synth();
`;

/** Uses the AWS SDK that the runtimes of Lambda contain. */
const notify = `
import { appendFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
new DynamoDBClient();
export const handler = async (event) => appendFileSync(process.env.FILE, JSON.stringify(event.detail.data) + '\\n');
`;

/** Writes the app `team` into a folder; its function appends events of failed jobs to `events.jsonl` beside the app. */
export function writeTeamApp(parent: string): string {
  const folder = join(parent, 'team');
  mkdirSync(join(folder, 'notify'), { recursive: true });
  writeFileSync(join(folder, 'app.mjs'), teamApp);
  writeFileSync(join(folder, 'notify', 'index.mjs'), notify);
  const context = { file: join(parent, 'events.jsonl') };
  writeFileSync(join(folder, 'cdk.json'), JSON.stringify({ app: 'node app.mjs', context }));
  return folder;
}

/** Writes an app that throws an error. */
export function writeBrokenApp(parent: string): string {
  const folder = join(parent, 'broken');
  mkdirSync(folder);
  writeFileSync(join(folder, 'app.mjs'), `throw new Error('no such construct');`);
  writeFileSync(join(folder, 'cdk.json'), JSON.stringify({ app: 'node app.mjs' }));
  return folder;
}

/** A CDK app with a rule that sends every event on the bus of Errand to a queue, whose URL is the output `InboxUrl`. */
const recorderApp = `
import cdk from ${JSON.stringify(pathToFileURL(cdk))};
const { App, CfnOutput, Stack, aws_events: events, aws_events_targets: targets, aws_sqs: sqs } = cdk;
const app = new App();
const stack = new Stack(app, 'Recorder', {
  env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION },
});
const inbox = new sqs.Queue(stack, 'Inbox');
new events.Rule(stack, 'Every', {
  eventBus: events.EventBus.fromEventBusName(stack, 'Jobs', 'errand-events'),
  eventPattern: { source: ['errand'] },
  targets: [new targets.SqsQueue(inbox)],
});
new CfnOutput(stack, 'InboxUrl', { value: inbox.queueUrl });
app.synth();
`;

/** Writes the app `recorder` into a folder. */
export function writeRecorderApp(parent: string): string {
  const folder = join(parent, 'recorder');
  mkdirSync(folder);
  writeFileSync(join(folder, 'app.mjs'), recorderApp);
  writeFileSync(join(folder, 'cdk.json'), JSON.stringify({ app: 'node app.mjs' }));
  return folder;
}
