import { AwsError } from '../aws-error.ts';
import type { AccessCheck, AwsRequest, CloudModel } from '../cloud.ts';
import { isRecord, type JsonRecord, listOf } from '../json.ts';
import { requestBody, targetOperation } from '../request-body.ts';
import { leadingKeyReader } from './leading-keys.ts';

/** Operations on one table whose permission has the operation's own name. */
const tableOperations = new Set(['DescribeTable', 'DescribeTimeToLive']);

/** The permission for each kind of member of a transactional write. */
const transactActions: Readonly<Record<string, string>> = {
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
  Delete: 'dynamodb:DeleteItem',
  ConditionCheck: 'dynamodb:ConditionCheckItem',
};

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

  function transactChecks(input: JsonRecord, enclosing: string): readonly AccessCheck[] {
    return listOf(input['TransactItems'])
      .filter(isRecord)
      .flatMap((member) =>
        Object.entries(member).map(([kind, part]) => {
          const action = kind === 'Get' ? 'dynamodb:GetItem' : transactActions[kind];
          if (action === undefined || !isRecord(part))
            throw new AwsError(
              'ValidationException',
              `unknown member ${kind}; a member must be Put, Update, Delete, ConditionCheck or Get`,
            );
          const check = onItems(action, part['TableName'], [part['Key'] ?? part['Item']]);
          return { ...check, context: { ...check.context, 'dynamodb:EnclosingOperation': enclosing } };
        }),
      );
  }

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
    BatchWriteItem: (input) =>
      membersOf(input['RequestItems']).map(([name, writes]) =>
        onItems('dynamodb:BatchWriteItem', name, listOf(writes).map(writtenItem)),
      ),
    TransactWriteItems: (input) => transactChecks(input, 'TransactWriteItems'),
    TransactGetItems: (input) => transactChecks(input, 'TransactGetItems'),
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

function writtenItem(write: unknown): unknown {
  if (!isRecord(write)) return undefined;
  const { PutRequest: put, DeleteRequest: remove } = write;
  if (isRecord(put)) return put['Item'];
  return isRecord(remove) ? remove['Key'] : undefined;
}
