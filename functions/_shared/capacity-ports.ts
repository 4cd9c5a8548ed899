import { stepFunctionsClient } from '../../aws/clients/step-functions-client.ts';
import { dynamoCapacityQueues } from '../../aws/dynamodb/dynamo-capacity-queues.ts';
import type { Table } from '../../aws/dynamodb/table/table.ts';
import { stepFunctionsStarter } from '../../aws/stepfunctions/step-functions-starter.ts';
import { systemClock } from '../../aws/system/system-clock.ts';
import { knownCongestion } from '../../core/jobs/scheduling/known-congestion.ts';
import { createLog } from './logger.ts';

/** The routers' ARNs, as `startVariables` names them. */
export interface StateMachineArns {
  readonly EXPRESS_ROUTER_ARN: string;
  readonly STANDARD_ROUTER_ARN: string;
}

/** The ports of every function that starts attempts of jobs and queues those that wait for capacity. */
export function capacityPorts(table: Table, routers: StateMachineArns) {
  const queues = dynamoCapacityQueues(table);
  return {
    queues,
    congestion: knownCongestion(queues, systemClock),
    executions: stepFunctionsStarter({
      client: stepFunctionsClient(),
      stateMachineArns: { express: routers.EXPRESS_ROUTER_ARN, standard: routers.STANDARD_ROUTER_ARN },
    }),
    clock: systemClock,
    log: createLog(),
  };
}
