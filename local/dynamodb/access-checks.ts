import { AwsError } from '../aws-error.ts';
import type { AccessCheck, AwsRequest, CloudModel } from '../cloud.ts';
import { isRecord, type JsonRecord, listOf } from '../json.ts';
import { requestBody, targetOperation } from '../request-body.ts';
import { leadingKeyReader } from './leading-keys.ts';

/** Operations on one table whose permission has the operation's own name. */
const tableOperations = new Set(['DescribeTable', 'DescribeTimeToLive']);

/**
 * Creates a function that returns the permissions a DynamoDB request needs.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 */
export function dynamoDbChecks(model: CloudModel): (request: AwsRequest) => readonly AccessCheck[] {
  const keys = leadingKeyReader(model);
  const tableArn = (name: unknown) =>
    String(name).startsWith('arn:')
      ? String(name)
      : `arn:aws:dynamodb:${model.region}:${model.accountId}:table/${String(name)}`;

  const onItems = (action: string, tableName: unknown, items: readonly unknown[]): AccessCheck => ({
    action,
    resource: tableArn(tableName),
    context: keys.ofItems(String(tableName), items),
  });
  const onIndex = (action: string, input: JsonRecord, context: AccessCheck['context'] = {}): AccessCheck => {
    const index = input['IndexName'];
    const table = tableArn(input['TableName']);
    return { action, resource: index === undefined ? table : `${table}/index/${String(index)}`, context };
  };

  const byOperation: Readonly<Record<string, (input: JsonRecord) => readonly AccessCheck[]>> = {
    GetItem: (input) => [onItems('dynamodb:GetItem', input['TableName'], [input['Key']])],
    PutItem: (input) => [onItems('dynamodb:PutItem', input['TableName'], [input['Item']])],
    UpdateItem: (input) => [onItems('dynamodb:UpdateItem', input['TableName'], [input['Key']])],
    DeleteItem: (input) => [onItems('dynamodb:DeleteItem', input['TableName'], [input['Key']])],
    Query: (input) => [onIndex('dynamodb:Query', input, keys.ofQuery(input))],
    Scan: (input) => [onIndex('dynamodb:Scan', input)],
    BatchGetItem: (input) =>
      membersOf(input['RequestItems']).map(([name, tableRequest]) =>
        onItems('dynamodb:BatchGetItem', name, isRecord(tableRequest) ? listOf(tableRequest['Keys']) : []),
      ),
    ListTables: () => [{ action: 'dynamodb:ListTables', resource: '*' }],
  };

  return (request) => {
    const operation = targetOperation(request.headers);
    const input = requestBody(request.body);
    if (tableOperations.has(operation))
      return [onIndex(`dynamodb:${operation}`, { TableName: input['TableName'] })];
    const checks = byOperation[operation];
    if (checks === undefined)
      throw new AwsError('UnknownOperationException', `${operation} is not supported by the local runtime`);
    return checks(input);
  };
}

function membersOf(value: unknown): readonly (readonly [string, unknown])[] {
  return isRecord(value) ? Object.entries(value) : [];
}
