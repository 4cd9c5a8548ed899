import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { SlowCallSlots } from '../../../core/ports/webhooks/slow-call-slots.ts';
import { conditionFailureOf } from '../table/conditional-write.ts';
import { number, readNumber } from '../table/item-attributes.ts';
import type { Table } from '../table/table.ts';
import { slowCallsItemKey } from './webhook-keys.ts';

/**
 * Stores all slots in one item: the attribute `s<slot>` contains when the slot is free again. Only slow calls write it, a few per
 * second at most.
 */
export function dynamoSlowCallSlots({ client, tableName: TableName }: Table): SlowCallSlots {
  const Key = slowCallsItemKey();
  const namesOf = (slot: number) => ({ '#slot': `s${slot}` });
  return {
    async read() {
      const { Item: item = {} } = await client.send(
        new GetItemCommand({ TableName, Key, ConsistentRead: true }),
      );
      const slots = Object.keys(item).flatMap((name) => /^s(\d+)$/.exec(name)?.[1] ?? []);
      return Object.fromEntries(slots.map((slot) => [slot, readNumber(item, `s${slot}`)]));
    },
    async take(slot, { now, until }) {
      const command = new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression: 'SET #slot = :until',
        ConditionExpression: 'attribute_not_exists(#slot) OR #slot <= :now',
        ExpressionAttributeNames: namesOf(slot),
        ExpressionAttributeValues: { ':until': number(until), ':now': number(now) },
      });
      return (await conditionFailureOf(client.send(command))) === undefined;
    },
    async free(slot, until) {
      const command = new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression: 'REMOVE #slot',
        ConditionExpression: '#slot = :until',
        ExpressionAttributeNames: namesOf(slot),
        ExpressionAttributeValues: { ':until': number(until) },
      });
      await conditionFailureOf(client.send(command));
    },
  };
}
