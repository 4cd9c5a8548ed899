import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { ExecutionInput, ExecutionStarter } from '../../core/ports/execution-starter.ts';

/**
 * Starts the attempt state machine as a Step Functions execution named `<jobId>-<attempt>-<start>`, or
 * `<jobId>-probe-<probe>`. If a Standard execution of that name exists, running or ended, it counts as
 * started: an earlier try succeeded. Express executions may have equal names; the claim makes a double start
 * harmless (https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html).
 */
export function stepFunctionsStarter(deps: {
  readonly client: SFNClient;
  /** The ARN of the state machine for each type of execution. */
  readonly stateMachineArns: { readonly express: string; readonly standard: string };
}): ExecutionStarter {
  return {
    async start(executionType, input) {
      const command = new StartExecutionCommand({
        stateMachineArn: deps.stateMachineArns[executionType],
        name: executionName(input),
        input: JSON.stringify(input),
      });
      try {
        await deps.client.send(command);
      } catch (error) {
        if (executionType === 'standard' && error instanceof ExecutionAlreadyExists) return;
        throw error;
      }
    },
  };
}

/** Step Functions allows at most 80 characters, and reserves a name of a Standard execution for 90 days. */
function executionName({ jobId, attempt, start, probe }: ExecutionInput): string {
  return probe === undefined ? `${jobId}-${attempt}-${start}` : `${jobId}-probe-${probe.probe}`;
}
