import { stepFunctionsClient } from '../../aws/clients/step-functions-client.ts';
import { stepFunctionsStarter } from '../../aws/stepfunctions/step-functions-starter.ts';
import { systemClock } from '../../aws/system/system-clock.ts';
import { createLog } from './logger.ts';

/** The ARNs of the attempt state machines, named as in `startVariables`. */
export interface StateMachineArns {
  readonly EXPRESS_ROUTER_ARN: string;
  readonly STANDARD_ROUTER_ARN: string;
}

/** The ports of every function that starts attempts. */
export function startPorts(stateMachines: StateMachineArns) {
  return {
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
