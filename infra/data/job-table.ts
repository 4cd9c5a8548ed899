import {
  AttributeType,
  BillingMode,
  type ITable,
  ProjectionType,
  StreamViewType,
  Table,
} from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

export interface JobTableProps {
  readonly removalPolicy: RemovalPolicy;
  /** The ARN of the stream of an existing table, which is used instead of a new table. */
  readonly tableStreamArn?: string;
}

/** The properties of the table that the rest of the stack uses. */
type TableReference = Pick<ITable, 'tableName' | 'tableArn'> & {
  readonly tableStreamArn?: string | undefined;
};

type ItemAction = 'GetItem' | 'BatchGetItem' | 'Query' | 'PutItem' | 'UpdateItem' | 'DeleteItem';
type IndexName = 'due' | 'live' | 'service';

/**
 * The table with its stream. DynamoDB deletes an item some time after its `ttl`, in epoch seconds. An index
 * contains only the keys of the items that have its partition key:
 *
 * - `due`: the jobs and data objects that the reconciler must check, by the time of the check
 * - `live`: the jobs of a tenant, by whether they have ended and how, and its data objects, by status and origin
 * - `service`: the jobs of a service, and the data objects of a media type
 */
export class JobTable extends Construct {
  readonly table: TableReference;

  constructor(scope: Construct, id: string, props: JobTableProps) {
    super(scope, id);
    this.table =
      props.tableStreamArn === undefined ? this.#create(props) : existingTable(this, props.tableStreamArn);
  }

  #create(props: JobTableProps): Table {
    const table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      timeToLiveAttribute: 'ttl',
      removalPolicy: props.removalPolicy,
      deletionProtection: props.removalPolicy !== RemovalPolicy.DESTROY,
    });
    addIndex(table, 'due', { partitionKey: 'due', sortKey: 'dueAt', sortKeyType: AttributeType.NUMBER });
    addIndex(table, 'live', { partitionKey: 'live', sortKey: 'sk', sortKeyType: AttributeType.STRING });
    addIndex(table, 'service', { partitionKey: 'svc', sortKey: 'sk', sortKeyType: AttributeType.STRING });
    return table;
  }

  /** Permits actions on the table's items, but no queries of indexes. */
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

/**
 * The format of a stream ARN:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 */
const streamArnPattern = /^arn:aws[\w-]*:dynamodb:[\w-]+:\d{12}:table\/([\w.-]{3,255})\/stream\/[\w:.-]+$/;

function existingTable(scope: Construct, tableStreamArn: string): ITable {
  const tableName = streamArnPattern.exec(tableStreamArn)?.[1];
  if (tableName === undefined)
    throw new Error(
      `tableStreamArn=${tableStreamArn} is not valid: it must be the LatestStreamArn of a table, as aws dynamodb describe-table returns it`,
    );
  return Table.fromTableAttributes(scope, 'Existing', { tableName, tableStreamArn });
}

function addIndex(
  table: Table,
  indexName: IndexName,
  key: { partitionKey: string; sortKey: string; sortKeyType: AttributeType },
): void {
  table.addGlobalSecondaryIndex({
    indexName,
    partitionKey: { name: key.partitionKey, type: AttributeType.STRING },
    sortKey: { name: key.sortKey, type: key.sortKeyType },
    projectionType: ProjectionType.KEYS_ONLY,
  });
}
