import { stepFunctionsClient } from '../../aws/clients/step-functions-client.ts';
import { dynamoCapacityQueues } from '../../aws/dynamodb/dynamo-capacity-queues.ts';
import type { Table } from '../../aws/dynamodb/table/table.ts';
import { stepFunctionsStarter } from '../../aws/stepfunctions/step-functions-starter.ts';
import { systemClock } from '../../aws/system/system-clock.ts';
import { congestionCache } from '../../core/jobs/scheduling/congestion-cache.ts';
import { createLog } from './logger.ts';

/** The ARNs of the attempt state machines, named as in `startVariables`. */
export interface StateMachineArns {
  readonly EXPRESS_ROUTER_ARN: string;
  readonly STANDARD_ROUTER_ARN: string;
}

/** The ports of every function that starts attempts and queues jobs that wait for capacity. */
export function startPorts(table: Table, stateMachines: StateMachineArns) {
  const queues = dynamoCapacityQueues(table);
  return {
    queues,
    congestion: congestionCache(queues, systemClock),
    executions: stepFunctionsStarter({
      client: stepFunctionsClient(),
      stateMachineArns: {
        express: stateMachines.EXPRESS_ROUTER_ARN,
        standard: stateMachines.STANDARD_ROUTER_ARN,
      },
    }),
    clock: systemClock,
    log: createLog(),
  };
}
