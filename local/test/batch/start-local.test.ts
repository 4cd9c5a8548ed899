import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { type LocalCloud, startLocal } from '../../start-local.ts';
import { signedCall } from '../fixture/signed-call.ts';
import { until } from '../fixture/until.ts';
import { temporaryDirectory } from '../fixture/write-assembly.ts';
import { writeBatchAssembly } from './batch-stack.ts';
import { signedPost } from './signed-post.ts';

const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

/** An app whose jobs may write below `mine/` of a bucket, and whose queue gets the events of ended jobs. */
const resources = {
  Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'api' } },
  Stage: { Type: 'AWS::ApiGateway::Stage', Properties: { RestApiId: { Ref: 'Api' }, StageName: 'v1' } },
  Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'results' } },
  Ends: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'ends' } },
  EndsPolicy: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: 'Ends' }],
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: arn('Ends'),
          },
        ],
      },
    },
  },
  Rule: {
    Type: 'AWS::Events::Rule',
    Properties: {
      EventPattern: {
        source: ['aws.batch'],
        'detail-type': ['Batch Job State Change'],
        detail: { status: ['SUCCEEDED', 'FAILED'] },
      },
      Targets: [{ Id: 'ends', Arn: arn('Ends') }],
    },
  },
};
const jobGrants = [
  {
    Effect: 'Allow',
    Action: 's3:PutObject',
    Resource: { 'Fn::Join': ['', [arn('Bucket'), '/mine/*']] },
  },
];

/** Writes an object and prints the outcome. */
const writer = `
const { S3Client, PutObjectCommand } = require('@aws-sdk/client-s3');
const client = new S3Client({ forcePathStyle: true });
client.send(new PutObjectCommand({ Bucket: 'results', Key: process.argv[1], Body: 'x' })).then(
  () => process.exit(0), (error) => { console.log(error.name); process.exit(error.name === 'AccessDenied' ? 42 : 1); });
`;
const modules = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'node_modules');

async function startApp(): Promise<LocalCloud> {
  const cloud = await startLocal({
    assemblyDirectory: writeBatchAssembly({ resources, jobGrants }),
    dataDirectory: temporaryDirectory(),
    port: 0,
    oneAtATime: () => false,
    log: () => undefined,
  });
  onTestFinished(() => cloud.stop());
  return cloud;
}

async function submitWriter({ aws }: LocalCloud, key: string): Promise<unknown> {
  const { json } = await signedPost(
    `${aws.endpoint}/v1/submitjob`,
    {
      jobName: 'writer',
      jobQueue: 'jobs',
      jobDefinition: 'work',
      containerOverrides: {
        command: ['node', '-e', writer, key],
        environment: [{ name: 'NODE_PATH', value: modules }],
      },
    },
    { key: aws, region: aws.region },
  );
  return json['jobId'];
}

/** Returns the next event of an ended job that the rule has delivered to the queue. */
async function nextEnd({ aws }: LocalCloud): Promise<Readonly<Record<string, unknown>>> {
  const call = { url: aws.endpoint, service: 'sqs', key: aws };
  const message = await until('a message', async () => {
    const input = { QueueUrl: 'ends', MaxNumberOfMessages: 1 };
    const { json } = await signedCall({ ...call, target: 'AmazonSQS.ReceiveMessage', input });
    return (json['Messages'] as ReadonlyArray<{ Body: string }> | undefined)?.[0]; // SQS's own shape
  });
  return (JSON.parse(message.Body) as { detail: Readonly<Record<string, unknown>> }).detail;
}

test('a job uses its role through the endpoint, and rules deliver its end to their targets', async () => {
  const cloud = await startApp();
  const allowed = await submitWriter(cloud, 'mine/x');
  expect(await nextEnd(cloud)).toMatchObject({ jobId: allowed, status: 'SUCCEEDED' });
  const denied = await submitWriter(cloud, 'other/x');
  expect(await nextEnd(cloud)).toMatchObject({
    jobId: denied,
    status: 'FAILED',
    container: { exitCode: 42 },
  });
});
