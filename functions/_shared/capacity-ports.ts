import { stepFunctionsClient } from '../../aws/clients/step-functions-client.ts';
import { dynamoCapacityQueues } from '../../aws/dynamo-capacity-queues.ts';
import { stepFunctionsStarter } from '../../aws/step-functions-starter.ts';
import { systemClock } from '../../aws/system-clock.ts';
import type { Table } from '../../aws/table.ts';
import { knownCongestion } from '../../core/jobs/capacity/known-congestion.ts';
import { createLog } from './logger.ts';

/** The routers' ARNs, as `startVariables` names them. */
export interface Routers {
  readonly EXPRESS_ROUTER_ARN: string;
  readonly STANDARD_ROUTER_ARN: string;
}

/** The ports of every function that starts attempts of jobs and queues those that wait for capacity. */
export function capacityPorts(table: Table, routers: Routers) {
  const queues = dynamoCapacityQueues(table);
  return {
    queues,
    congestion: knownCongestion(queues, systemClock),
    executions: stepFunctionsStarter({
      client: stepFunctionsClient(),
      routerArns: { express: routers.EXPRESS_ROUTER_ARN, standard: routers.STANDARD_ROUTER_ARN },
    }),
    clock: systemClock,
    log: createLog(),
  };
}
