import type { Item } from '../../../aws/dynamodb/table/table.ts';

/**
 * Bytes that DynamoDB bills for an item of flat attributes, counting a number at its upper bound
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html).
 */
export function itemSize(item: Item): number {
  return Object.entries(item).reduce(
    (size, [name, value]) => size + Buffer.byteLength(name) + valueSize(value),
    0,
  );
}

function valueSize(value: Item[string]): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.B !== undefined) return value.B.length;
  if (value.N !== undefined) return Math.ceil(value.N.replaceAll(/[-.]/g, '').length / 2) + 1;
  if (value.BOOL !== undefined) return 1;
  throw new Error('Only flat attributes can be sized here');
}
