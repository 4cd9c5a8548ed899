import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { toItem } from '../../aws/dynamodb/job-items/job-item.ts';
import type { Item } from '../../aws/dynamodb/table/table.ts';
import { jobItemKey } from '../../aws/dynamodb/table/table-keys.ts';
import { jobStatuses } from '../../core/contract/job-state.ts';
import type { Job } from '../../core/jobs/model/job.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import { maxSlowCalls } from '../../core/webhooks/delivery/slow-slots.ts';
import { localWebhookVariables } from '../../functions/_shared/webhook-variables.ts';
import { buildApp } from '../../infra/build-app.ts';
import { ErrandBatchStack } from '../../infra/errand-batch-stack.ts';
import { ErrandStack } from '../../infra/errand-stack.ts';
import { ExamplesStack } from '../../infra/examples-stack.ts';
import { addTemplateChecks } from '../../infra/template-checks.ts';
import { compileEventPattern } from '../../local/events/event-pattern.ts';
import { readDocument } from '../docs/markdown.ts';
import { aJob } from '../support/jobs/jobs.ts';
import { textOf } from './support/intrinsics.ts';
import { resourcesOf, synthesizedApp, temporaryCode } from './support/synthesized-app.ts';

let errand: Template;
let examples: Template;
beforeAll(async () => {
  ({ errand, examples } = await synthesizedApp());
});

interface AlarmQuery {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: { readonly Metric: AlarmMetric };
}

interface AlarmMetric {
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Value: unknown }[];
}

/** Such as `Dispatch/Throttles`. */
function targetOf({ MetricName, Dimensions }: AlarmMetric): string {
  const [target = ''] = Dimensions.map(({ Value }) => textOf(Value));
  return `${target.replace(/^<(\w+)\w{8}>$/, '$1')}/${MetricName}`;
}

describe('the storage', () => {
  test('keeps the table when the stack is deleted, with point-in-time recovery and a stream of both images', () => {
    errand.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      },
    });
  });

  test('has three indexes that contain keys only', () => {
    const index = (IndexName: string, hash: string, range: string) => ({
      IndexName,
      KeySchema: [
        { AttributeName: hash, KeyType: 'HASH' },
        { AttributeName: range, KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    });
    errand.hasResourceProperties('AWS::DynamoDB::Table', {
      GlobalSecondaryIndexes: [
        index('due', 'due', 'dueAt'),
        index('live', 'live', 'sk'),
        index('service', 'svc', 'sk'),
      ],
      AttributeDefinitions: Match.arrayWith([{ AttributeName: 'dueAt', AttributeType: 'N' }]),
    });
  });

  test('has buckets that are encrypted, private, kept unless their first deployment fails, and reached by TLS only', () => {
    errand.resourceCountIs('AWS::S3::Bucket', 2);
    errand.allResources('AWS::S3::Bucket', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      },
    });
    errand.resourcePropertiesCountIs(
      'AWS::S3::BucketPolicy',
      {
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({
              Effect: 'Deny',
              Action: 's3:*',
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            }),
          ]),
        },
      },
      2,
    );
  });

  test('discards uploads in parts that were not completed within 7 days, or 1 day for records', () => {
    for (const [id, days] of [
      ['Results', 7],
      ['PublisherUnpublished', 1],
    ] as const) {
      const buckets = resourcesOf(errand, 'AWS::S3::Bucket').filter(([name]) => name.startsWith(id));
      expect(buckets).toHaveLength(1);
      expect(buckets[0]?.[1].Properties['LifecycleConfiguration']).toMatchObject({
        Rules: expect.arrayContaining([
          {
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: days },
            Id: 'abort-incomplete-uploads',
            Status: 'Enabled',
          },
        ]),
      });
    }
  });

  test('denies requests for the content of data objects by a URL that is older than 15 minutes', () => {
    errand.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          {
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Action: 's3:*',
            Resource: { 'Fn::Join': ['', [Match.anyValue(), '/tenants/*/data/*']] },
            Condition: { NumericGreaterThan: { 's3:signatureAge': '900000' } },
          },
        ]),
      },
    });
  });

  test('is deleted with the stack when that is requested', async () => {
    const { code, outputDirectory, remove } = await temporaryCode();
    try {
      const { RemovalPolicy } = await import('aws-cdk-lib');
      const stack = new ErrandStack(new App({ outdir: outputDirectory }), 'Errand', {
        code,
        removalPolicy: RemovalPolicy.DESTROY,
      });
      Template.fromStack(stack).hasResource('AWS::DynamoDB::Table', {
        DeletionPolicy: 'Delete',
        Properties: { DeletionProtectionEnabled: false },
      });
    } finally {
      await remove();
    }
  });
});

describe('an existing table', () => {
  const tableStreamArn =
    'arn:aws:dynamodb:eu-central-1:111122223333:table/errand-restored/stream/2026-11-29T12:00:00.000';
  afterEach(() => vi.unstubAllEnvs());

  test('replaces the table of the stack everywhere, without a finding of cdk-nag', async () => {
    vi.stubEnv('CDK_CONTEXT_JSON', JSON.stringify({ tableStreamArn }));
    const { code, images, outputDirectory, remove } = await temporaryCode();
    try {
      const app = buildApp({ code, images, outputDirectory });
      addTemplateChecks(app);
      const template = Template.fromStack(app.node.findChild('Errand') as ErrandStack); // as the app creates it
      // Only the table of the secrets of webhooks.
      template.resourceCountIs('AWS::DynamoDB::Table', 1);
      template.resourcePropertiesCountIs(
        'AWS::DynamoDB::Table',
        { StreamSpecification: Match.anyValue() },
        0,
      );
      template.hasResourceProperties('AWS::Lambda::EventSourceMapping', { EventSourceArn: tableStreamArn });
      expect(template.findOutputs('TableName')['TableName']?.['Value']).toBe('errand-restored');
      const used = resourcesOf(template, 'AWS::Lambda::Function').flatMap(([, { Properties }]) => {
        const { Variables = {} } = Properties['Environment'] as { Variables?: Record<string, unknown> };
        return Variables['TABLE_NAME'] ?? [];
      });
      expect(used).toEqual(Array(13).fill('errand-restored'));
      const policies = JSON.stringify(template.findResources('AWS::IAM::Policy'));
      expect(policies).toContain(':table/errand-restored/index/due');
      expect(policies).not.toContain('JobsTable');
    } finally {
      await remove();
    }
  }, 60_000); // a synthesis of the whole app, with all rules

  test('is named by its stream: another ARN is refused', async () => {
    const { code, outputDirectory, remove } = await temporaryCode();
    try {
      const withTable = (arn: string) => () =>
        new ErrandStack(new App({ outdir: outputDirectory }), 'Errand', { code, tableStreamArn: arn });
      expect(withTable('errand-restored')).toThrow('it must be the LatestStreamArn of a table');
      expect(withTable(tableStreamArn.replace(/\/stream.*/, ''))).toThrow('must be the LatestStreamArn');
    } finally {
      await remove();
    }
  });
});

describe('the functions', () => {
  test('have fixed names and all run on Node 24 and arm64 with a limit and a log of their own', () => {
    const functions = [errand, examples].flatMap((one) => resourcesOf(one, 'AWS::Lambda::Function'));
    const limits = functions.map(([, { Properties }]) => [Properties['FunctionName'], Properties['Timeout']]);
    expect(Object.fromEntries(limits)).toEqual({
      'errand-submit': 300,
      'errand-live': 300,
      'errand-api': 29,
      'errand-worker': 29,
      'errand-authorize': 10,
      'errand-deliver-webhook': 30,
      'errand-dispatch': 30,
      'errand-submit-batch': 30,
      'errand-batch-event': 30,
      'errand-settle': 30,
      'errand-publish-events': 60,
      'errand-reconcile': 55,
      'errand-operate': 120,
      'errand-docs': 10,
      'errand-service-echo': 240,
      'errand-service-csv-profile': 120,
      'errand-service-csv-profile-2': 240,
      'errand-service-cpu-load': 900,
      'errand-service-flaky': 60,
      'errand-service-fan-out': 120,
    });
    for (const [id, { Properties }] of functions) {
      expect(Properties, id).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        LoggingConfig: { LogGroup: { Ref: expect.stringContaining('Logs') } },
      });
    }
  });

  test('have one URL of their own, for workers, which anyone may call', () => {
    errand.resourceCountIs('AWS::Lambda::Url', 1);
    const [worker] = resourcesOf(errand, 'AWS::Lambda::Function').filter(
      ([, { Properties }]) => Properties['FunctionName'] === 'errand-worker',
    );
    const FunctionName = { 'Fn::GetAtt': [worker?.[0], 'Arn'] };
    errand.hasResourceProperties('AWS::Lambda::Url', { AuthType: 'NONE', TargetFunctionArn: FunctionName });
    // https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    const open = resourcesOf(errand, 'AWS::Lambda::Permission').map(([, { Properties }]) => Properties);
    expect(open.filter(({ Principal }) => Principal === '*')).toEqual([
      { Action: 'lambda:InvokeFunctionUrl', FunctionName, FunctionUrlAuthType: 'NONE', Principal: '*' },
      { Action: 'lambda:InvokeFunction', FunctionName, InvokedViaFunctionUrl: true, Principal: '*' },
    ]);
  });

  test('have no URL of their own where function URLs are switched off: attempts report to the REST API', async () => {
    const { code, outputDirectory, remove } = await temporaryCode();
    try {
      const stack = new ErrandStack(new App({ outdir: outputDirectory }), 'Errand', {
        code,
        workerFunctionUrl: false,
      });
      const template = Template.fromStack(stack);
      template.resourceCountIs('AWS::Lambda::Url', 0);
      const functions = resourcesOf(template, 'AWS::Lambda::Function').map(
        ([, { Properties }]) => Properties,
      );
      expect(functions.map((one) => one['FunctionName'])).not.toContain('errand-worker');
      template.hasResourceProperties('AWS::Lambda::Function', {
        FunctionName: 'errand-dispatch',
        Environment: { Variables: { WORKER_URL: template.findOutputs('ApiUrl')['ApiUrl']?.['Value'] } },
      });
      const open = resourcesOf(template, 'AWS::Lambda::Permission').map(([, { Properties }]) => Properties);
      expect(open.filter(({ Principal }) => Principal === '*')).toEqual([]);
    } finally {
      await remove();
    }
  });

  test('write to logs that are kept for a month', () => {
    for (const template of [errand, examples]) {
      template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    }
  });
});

describe('the attempt state machine', () => {
  test('exists as an Express and a Standard machine that differ only in their maximum duration', () => {
    const machines = resourcesOf(errand, 'AWS::StepFunctions::StateMachine').map(
      ([, { Properties }]) => Properties,
    );
    expect(machines.map((one) => [one['StateMachineName'], one['StateMachineType']])).toEqual([
      ['errand-job-router', 'EXPRESS'],
      ['errand-job-router-standard', 'STANDARD'],
    ]);
    const [express = {}, standard = {}] = machines.map((one) => JSON.parse(textOf(one['DefinitionString'])));
    expect(express.TimeoutSeconds).toBe(300);
    expect(standard.TimeoutSeconds).toBeGreaterThanOrEqual(30 + 900);
    expect({ ...standard, TimeoutSeconds: 300 }).toEqual(express);
  });

  test('logs failures without the data of jobs', () => {
    errand.allResourcesProperties('AWS::StepFunctions::StateMachine', {
      LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: false },
    });
  });
});

/** The event source mapping whose logical ID begins so. */
function mappingOf(start: string) {
  return resourcesOf(errand, 'AWS::Lambda::EventSourceMapping').find(([id]) => id.startsWith(start));
}

describe('the queue of operations', () => {
  test('invokes its function with one message at a time, for few operations at once, and may continue forever', () => {
    const mapping = mappingOf('Operations');
    expect(mapping?.[1].Properties).toMatchObject({
      BatchSize: 1,
      ScalingConfig: { MaximumConcurrency: 5 },
      EventSourceArn: { 'Fn::GetAtt': [expect.stringContaining('OperationsQueue'), 'Arn'] },
    });
    errand.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'errand-operate',
      RecursiveLoop: 'Allow',
    });
    errand.hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: 720, MessageRetentionPeriod: 3600 });
  });
});

describe('the queue of webhook messages', () => {
  test('invokes a function that may send to it again any number of times', () => {
    errand.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'errand-deliver-webhook',
      RecursiveLoop: 'Allow',
    });
  });

  test('is read in batches of ten, at most twenty at a time, and the function reports each failure', () => {
    expect(mappingOf('Webhooks')?.[1].Properties).toMatchObject({
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 * maxSlowCalls },
    });
  });

  test('hides a message for six times the timeout of the function, and keeps it after ten tries', () => {
    errand.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 180,
      MessageRetentionPeriod: 1_209_600,
      SqsManagedSseEnabled: true,
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^WebhooksFailed'), 'Arn'] },
        maxReceiveCount: 10,
      },
    });
  });
});

describe('webhooks', () => {
  test('have their secrets in a table that is kept, without a stream', () => {
    const [[, table] = []] = resourcesOf(errand, 'AWS::DynamoDB::Table').filter(([id]) =>
      id.startsWith('WebhookSecrets'),
    );
    expect(table?.Properties).toMatchObject({
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    expect(table?.Properties).not.toHaveProperty('StreamSpecification');
  });

  test('have public addresses only: the stack sets no variable that the local runtime adds', () => {
    const template = JSON.stringify(errand.toJSON());
    for (const name of Object.keys(localWebhookVariables)) expect(template).not.toContain(name);
  });
});

describe('the publisher', () => {
  test('reads changes of jobs from the start, splits bad batches and keeps failed records in a bucket', () => {
    const mapping = mappingOf('Publisher');
    expect(mapping?.[1].Properties).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumRetryAttempts: 20,
      MaximumRecordAgeInSeconds: 21_600,
      DestinationConfig: {
        OnFailure: { Destination: { 'Fn::GetAtt': [expect.stringContaining('Unpublished'), 'Arn'] } },
      },
    });
  });
});

describe('the filter of the publisher', () => {
  const jobOf = (seen: Partial<Job>) => toItem({ ...aJob(), ...seen });
  const passes = (NewImage: Item | undefined, sk = `J#${aJob().id}`) => {
    const mapping = mappingOf('Publisher');
    const criteria = mapping?.[1].Properties['FilterCriteria'] as
      | { Filters: { Pattern: string }[] }
      | undefined; // the form of a template
    const record = { dynamodb: { Keys: { sk: { S: sk } }, ...omitUndefined({ NewImage }) } };
    return criteria?.Filters.some(({ Pattern }) =>
      compileEventPattern(JSON.parse(Pattern), 'the filter')(record),
    );
  };

  test.each(jobStatuses)('matches a change that leaves a job %s', (status) => {
    expect(passes(jobOf({ status }))).toBe(true);
    expect(passes(jobOf({ status, dispatcherId: 'b-1' }))).toBe(status !== 'scheduled');
  });

  test('matches the removal of a job, and the creation of a tombstone', () => {
    const { tenant, id: jobId } = aJob();
    expect(passes(undefined)).toBe(true);
    expect(passes({ ...jobItemKey({ tenant, jobId }), gone: { S: '{}' } })).toBe(true);
  });

  test('matches nothing else', () => {
    expect(passes(jobOf({}), 'S#echo')).toBe(false);
  });
});

describe('the reconciler', () => {
  test('runs every minute and keeps the event of a failed pass', () => {
    const dead = { 'Fn::GetAtt': [Match.stringLikeRegexp('ReconcilerFailed'), 'Arn'] };
    errand.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Targets: [
        Match.objectLike({
          DeadLetterConfig: { Arn: dead },
          RetryPolicy: Match.objectLike({ MaximumRetryAttempts: 0 }),
        }),
      ],
    });
    errand.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      DestinationConfig: { OnFailure: { Destination: dead } },
      MaximumRetryAttempts: 0,
    });
  });
});

describe('the alarms', () => {
  const alarms = () =>
    resourcesOf(errand, 'AWS::CloudWatch::Alarm').map(
      ([id, { Properties }]) => [id.replace(/^Alarms|\w{8}$/g, ''), Properties] as const,
    );

  /** The metrics of an alarm as `function or rule/metric`, and the expression over them. */
  const watched = (name: string) => {
    const properties = alarms().find(([id]) => id === name)?.[1];
    const queries = (properties?.['Metrics'] ?? []) as readonly AlarmQuery[];
    return {
      metrics: queries.flatMap(({ Id, MetricStat }) =>
        MetricStat === undefined ? [] : [[Id, targetOf(MetricStat.Metric)]],
      ),
      expression: queries.find(({ Expression }) => Expression !== undefined)?.Expression,
    };
  };

  test('are these, and only a missing reconciliation pass starts one by missing data alone', () => {
    expect(Object.fromEntries(alarms().map(([id, one]) => [id, one['TreatMissingData']]))).toEqual({
      EventsKept: 'notBreaching',
      EventsLate: 'notBreaching',
      SweepMissing: 'breaching',
      JobsOverdue: 'notBreaching',
      AttemptsUnsettled: 'notBreaching',
      OutcomesKept: 'notBreaching',
      DeliveriesKept: 'notBreaching',
      FunctionsThrottled: 'notBreaching',
      ApiFaults: 'notBreaching',
    });
  });

  test('start at one throttled call of a function that every job needs', () => {
    const { metrics, expression } = watched('FunctionsThrottled');
    expect(metrics.map(([, target]) => target)).toEqual(
      ['Dispatch', 'Settle', 'PublishEvents', 'Authorize'].map((one) => `${one}/Throttles`),
    );
    expect(expression).toBe(metrics.map(([id]) => `FILL(${id}, 0)`).join(' + '));
    expect(alarms().find(([id]) => id === 'FunctionsThrottled')?.[1]).toMatchObject({ Threshold: 1 });
  });

  test('treat a stream without data as late while attempts are claimed', () => {
    const { metrics, expression } = watched('EventsLate');
    expect(metrics).toEqual([
      ['age', 'PublishEvents/IteratorAge'],
      ['claims', 'Dispatch/Invocations'],
    ]);
    expect(expression).toBe('IF(FILL(age, -1) >= 0, age, IF(FILL(claims, 0) > 0, 300000, 0))');
    // A claim at the end of one period is published in the next.
    expect(alarms().find(([id]) => id === 'EventsLate')?.[1]).toMatchObject({
      EvaluationPeriods: 2,
      Threshold: 300_000,
    });
  });

  test('watch as many metrics as the guide states are billed', () => {
    const counts = alarms().map(([name, one]) =>
      one['Metrics'] === undefined ? 1 : watched(name).metrics.length,
    );
    const total = counts.reduce((sum, count) => sum + count, 0);
    expect(readDocument('docs/guides/deploy.md')).toContain(
      `alarms watch a total of ${total} metrics. CloudWatch bills each`,
    );
    expect(readDocument('docs/guides/deploy.md')).toContain(`${(total / 10).toFixed(2)} USD a month`);
  });

  test('watch the count of overdue jobs that reconcile writes', () => {
    expect(alarms().find(([id]) => id === 'JobsOverdue')?.[1]).toMatchObject({
      Namespace: 'Errand',
      MetricName: 'JobsOverdue',
      Dimensions: [{ Name: 'service', Value: { Ref: expect.stringMatching(/^Reconcile/) } }],
      Statistic: 'Sum',
      Threshold: 1,
    });
  });

  test('start at one outcome that settle could not record, and last while it is in the queue', () => {
    expect(alarms().find(([id]) => id === 'OutcomesKept')?.[1]).toMatchObject({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [
        {
          Name: 'QueueName',
          Value: { 'Fn::GetAtt': [expect.stringMatching(/^LateOutcomesFailed/), 'QueueName'] },
        },
      ],
      Statistic: 'Maximum',
      EvaluationPeriods: 1,
      Threshold: 1,
    });
  });

  test('notify the configured topic', async () => {
    const { code, outputDirectory, remove } = await temporaryCode();
    try {
      const alarmTopicArn = 'arn:aws:sns:eu-central-1:111122223333:on-call';
      const stack = new ErrandStack(new App({ outdir: outputDirectory }), 'Errand', { code, alarmTopicArn });
      Template.fromStack(stack).allResourcesProperties('AWS::CloudWatch::Alarm', {
        AlarmActions: [alarmTopicArn],
        OKActions: [alarmTopicArn],
      });
    } finally {
      await remove();
    }
  });
});

describe('the allowed names of a definition', () => {
  afterEach(() => vi.unstubAllEnvs());

  /** The settings of every function that has them, by the function's name. */
  const settingsOf = (template: Template) =>
    Object.fromEntries(
      resourcesOf(template, 'AWS::Lambda::Function').flatMap(([, { Properties }]) => {
        const { Variables = {} } = Properties['Environment'] as { Variables?: Record<string, unknown> };
        const { NAME_PREFIX: prefix, ALLOW_SHARED_OVERRIDES: allowed } = Variables;
        return prefix === undefined ? [] : [[Properties['FunctionName'], [prefix, allowed]]];
      }),
    );

  test('are passed to the functions that register, claim and submit, and shared containers are closed', () => {
    const settings = ['errand', 'false'];
    expect(settingsOf(errand)).toEqual({
      'errand-api': settings,
      'errand-dispatch': settings,
      'errand-submit-batch': settings,
    });
  });

  test.each(['"true"', 'true'])('have the setting %s of the command line or of cdk.json', async (value) => {
    vi.stubEnv('CDK_CONTEXT_JSON', `{"allowSharedOverrides":${value}}`);
    const { code, images, outputDirectory, remove } = await temporaryCode();
    try {
      const stack = buildApp({ code, images, outputDirectory }).node.findChild('Errand') as ErrandStack; // as the app creates it
      expect(Object.values(settingsOf(Template.fromStack(stack)))).toEqual(Array(3).fill(['errand', 'true']));
    } finally {
      await remove();
    }
  });

  test('accept no other setting, and no prefix that another stack could use for services', async () => {
    const { code, images, outputDirectory, remove } = await temporaryCode();
    try {
      const app = () => new App({ outdir: outputDirectory });
      const prefix = 'errand-service-x';
      const message = 'The prefix errand-service-x must not contain -service';
      expect(() => new ErrandStack(app(), 'Errand', { code, prefix })).toThrow(message);
      expect(() => new ErrandBatchStack(app(), 'Batch', { prefix })).toThrow(message);
      expect(() => new ExamplesStack(app(), 'Examples', { code, images, prefix })).toThrow(message);
      vi.stubEnv('CDK_CONTEXT_JSON', '{"allowSharedOverrides":"yes"}');
      expect(() => buildApp({ code, images, outputDirectory })).toThrow('it must be true or false');
    } finally {
      await remove();
    }
  });
});

describe('the app', () => {
  test('is not synthesized when a rule of cdk-nag has a finding', async () => {
    const { code, images, outputDirectory, remove } = await temporaryCode();
    try {
      const app = buildApp({ code, images, outputDirectory });
      addTemplateChecks(app);
      const stack = app.node.findChild('ErrandExamples');
      new Bucket(stack, 'Planted');
      expect(() => app.synth()).toThrow(/validation/i);
    } finally {
      await remove();
    }
  });

  test('names the resources that other stacks need', () => {
    const names = ['ApiUrl', 'TableName', 'BucketName', 'BusName', 'ExpressRouterArn', 'StandardRouterArn'];
    expect(Object.keys(errand.findOutputs('*')).sort()).toEqual(names.sort());
  });
});
