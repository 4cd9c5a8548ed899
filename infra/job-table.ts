import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

export interface JobTableProps {
  readonly removalPolicy: RemovalPolicy;
}

type ItemAction = 'GetItem' | 'BatchGetItem' | 'Query' | 'PutItem' | 'UpdateItem' | 'DeleteItem';
type IndexName = 'due' | 'live' | 'service';

/**
 * The one table, with its stream. Items that have a `ttl`, in seconds since 1970, go some time after it. The indexes hold keys only, and only items that have their partition key:
 * `due` what somebody must look at and when, `live` jobs by whether they have ended, `service` the jobs of one.
 */
export class JobTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, props: JobTableProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      timeToLiveAttribute: 'ttl',
      removalPolicy: props.removalPolicy,
      deletionProtection: props.removalPolicy !== RemovalPolicy.DESTROY,
    });
    this.#addIndex('due', { partitionKey: 'due', sortKey: 'dueAt', sortKeyType: AttributeType.NUMBER });
    this.#addIndex('live', { partitionKey: 'live', sortKey: 'sk', sortKeyType: AttributeType.STRING });
    this.#addIndex('service', { partitionKey: 'svc', sortKey: 'sk', sortKeyType: AttributeType.STRING });
  }

  #addIndex(
    indexName: IndexName,
    key: { partitionKey: string; sortKey: string; sortKeyType: AttributeType },
  ) {
    this.table.addGlobalSecondaryIndex({
      indexName,
      partitionKey: { name: key.partitionKey, type: AttributeType.STRING },
      sortKey: { name: key.sortKey, type: key.sortKeyType },
      projectionType: ProjectionType.KEYS_ONLY,
    });
  }

  /** Permits these actions on the table's items; a query then reaches no index. */
  grantItems(grantee: IGrantable, ...actions: readonly ItemAction[]): void {
    Grant.addToPrincipal({
      grantee,
      actions: actions.map((action) => `dynamodb:${action}`),
      resourceArns: [this.table.tableArn],
    });
  }

  /** Permits queries of these indexes. */
  grantIndexQuery(grantee: IGrantable, ...indexes: readonly IndexName[]): void {
    Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:Query'],
      resourceArns: indexes.map((index) => `${this.table.tableArn}/index/${index}`),
    });
  }
}
