import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

export interface WebhookSecretsProps {
  readonly removalPolicy: RemovalPolicy;
}

type ItemAction = 'GetItem' | 'PutItem' | 'DeleteItem';

/** The secrets that sign deliveries to webhooks: a table without a stream, which few roles may access. */
export class WebhookSecrets extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, { removalPolicy }: WebhookSecretsProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy,
      deletionProtection: removalPolicy !== RemovalPolicy.DESTROY,
    });
  }

  grantItems(grantee: IGrantable, ...actions: readonly ItemAction[]): void {
    Grant.addToPrincipal({
      grantee,
      actions: actions.map((action) => `dynamodb:${action}`),
      resourceArns: [this.table.tableArn],
    });
  }
}
