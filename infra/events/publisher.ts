import { Grant } from 'aws-cdk-lib/aws-iam';
import {
  EventSourceMapping,
  FilterCriteria,
  FilterRule,
  type IFunction,
  MetricType,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { JobTable } from '../data/job-table.ts';
import { PrivateBucket } from '../data/private-bucket.ts';
import { grantWildcard } from '../settings/wildcard-permission.ts';

/**
 * Filters for the changes of jobs. They exclude a job that is `scheduled` (`st`) and has a dispatcher's ID
 * (`di`): no job enters that state with an ID, so the change is not a transition. It recorded the ID, or why
 * the attempt waits on Batch.
 */
const publishedChanges = [
  { di: { S: FilterRule.notExists() } },
  { st: { S: FilterRule.notEquals('scheduled') } },
];

export interface PublisherProps {
  readonly jobTable: JobTable;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * Sends every change of a job, except those that `publishedChanges` excludes, to the publishing function, in
 * order for each job. Records that fail repeatedly are stored completely in a bucket and no longer delay the
 * following records.
 */
export class Publisher extends Construct {
  /** Keeps unpublished records for 90 days; an SQS destination would contain only their positions. */
  readonly unpublished: PrivateBucket;
  readonly #jobTable: JobTable;

  constructor(scope: Construct, id: string, props: PublisherProps) {
    super(scope, id);
    this.#jobTable = props.jobTable;
    this.unpublished = new PrivateBucket(this, 'Unpublished', {
      removalPolicy: props.removalPolicy,
      expireAfterDays: 90,
    });
    Validations.of(this.unpublished).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Only Lambda and the publisher write to it, and only records that could not be published.',
    });
  }

  /**
   * Invokes a function with the changes. It reports the records that it could not publish, and may publish the stored ones later.
   */
  deliverTo(publishEvents: IFunction): EventSourceMapping {
    const mapping = this.#addMapping(publishEvents);
    this.#grantStreamRead(publishEvents);
    this.#grantFailureBucket(publishEvents);
    return mapping;
  }

  #addMapping(publishEvents: IFunction): EventSourceMapping {
    return new EventSourceMapping(this, 'Mapping', {
      target: publishEvents,
      eventSourceArn: streamArn(this.#jobTable),
      // Not LATEST: changes made while the mapping is being created count too.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      maxBatchingWindow: Duration.seconds(0),
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: 20,
      maxRecordAge: Duration.hours(6),
      filters: publishedChanges.map((NewImage) =>
        FilterCriteria.filter({ dynamodb: { Keys: { sk: { S: FilterRule.beginsWith('J#') } }, NewImage } }),
      ),
      onFailure: { bind: () => ({ destination: this.unpublished.bucketArn }) },
      metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
    });
  }

  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/iam-policy-example-lamda-process-dynamodb-streams.html
  #grantStreamRead(publishEvents: IFunction): void {
    Grant.addToPrincipal({
      grantee: publishEvents,
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      resourceArns: [streamArn(this.#jobTable)],
    });
    grantWildcard(publishEvents, {
      actions: ['dynamodb:ListStreams'],
      resourceArn: `${this.#jobTable.table.tableArn}/stream/*`,
      reason: 'Listing streams is permitted for all streams of a table; a table has one stream at a time.',
    });
  }

  // https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
  #grantFailureBucket(publishEvents: IFunction): void {
    Grant.addToPrincipal({
      grantee: publishEvents,
      actions: ['s3:ListBucket'],
      resourceArns: [this.unpublished.bucketArn],
    });
    grantWildcard(publishEvents, {
      // The function reads and removes what it publishes later; Lambda stores records with the function's role.
      actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
      resourceArn: this.unpublished.arnForObjects('*'),
      reason: 'Lambda chooses the names of the objects; the permission covers one bucket only.',
    });
  }
}

function streamArn(jobTable: JobTable): string {
  const { tableStreamArn } = jobTable.table;
  if (tableStreamArn === undefined) throw new Error('The table has no stream');
  return tableStreamArn;
}
