import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb';
import type { Table } from '../../../aws/dynamodb/table/table.ts';

/** One call on the wire. */
export interface WatchedCall {
  readonly command: string;
  /** Capacity units of the table itself. */
  readonly tableUnits: number;
  /** Capacity units of each index that the call used. */
  readonly indexUnits: Readonly<Record<string, number>>;
}

/** Requests the consumed capacity of every call of the table's client and records it. */
export function watchTable({ client }: Table): { readonly calls: WatchedCall[]; totalUnits(): number } {
  const calls: WatchedCall[] = [];
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const response = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'INDEXES' } });
      const command = String(context['commandName']).replace('Command', '');
      const output = response.output as { ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] }; // requested above
      for (const capacity of [output.ConsumedCapacity ?? []].flat())
        calls.push(readCapacity(command, capacity));
      return response;
    },
    { step: 'initialize', name: 'watchTable' },
  );
  const unitsOf = ({ tableUnits, indexUnits }: WatchedCall) =>
    Object.values(indexUnits).reduce((sum, units) => sum + units, tableUnits);
  return { calls, totalUnits: () => calls.reduce((sum, call) => sum + unitsOf(call), 0) };
}

function readCapacity(command: string, capacity: ConsumedCapacity): WatchedCall {
  const indexes = Object.entries(capacity.GlobalSecondaryIndexes ?? {});
  return {
    command,
    tableUnits: capacity.Table?.CapacityUnits ?? 0,
    indexUnits: Object.fromEntries(indexes.map(([name, { CapacityUnits = 0 }]) => [name, CapacityUnits])),
  };
}
