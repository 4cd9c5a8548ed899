import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { ExecutionInput, ExecutionStarter } from '../../core/ports/execution-starter.ts';

/**
 * Starts the job router as a Step Functions execution named `<jobId>-<attempt>-<start>`, or `<jobId>-probe-<probe>`. A Standard execution of
 * that name that exists, running or ended, counts as started: an earlier try got through. Express executions may
 * have equal names; the claim makes a double start harmless
 * (https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html).
 */
export function stepFunctionsStarter(deps: {
  readonly client: SFNClient;
  /** ARN of each router's state machine. */
  readonly routerArns: { readonly express: string; readonly standard: string };
}): ExecutionStarter {
  return {
    async start(router, input) {
      const command = new StartExecutionCommand({
        stateMachineArn: deps.routerArns[router],
        name: executionName(input),
        input: JSON.stringify(input),
      });
      try {
        await deps.client.send(command);
      } catch (error) {
        if (router === 'standard' && error instanceof ExecutionAlreadyExists) return;
        throw error;
      }
    },
  };
}

/** At most 80 characters, as Step Functions allows; a Standard name is taken for 90 days. */
function executionName({ jobId, attempt, start, probe }: ExecutionInput): string {
  return probe === undefined ? `${jobId}-${attempt}-${start}` : `${jobId}-probe-${probe.probe}`;
}
