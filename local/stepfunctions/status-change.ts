import type { EventFacts } from '../events/event.ts';
import type { StoredExecution } from './execution-store.ts';

/**
 * Maximum size of input and output in an event; longer ones are omitted.
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
const includedBytes = 248 * 1024;

/** Creates the event that a Standard execution puts on the default bus when it starts or ends. */
export function statusChangeEvent(execution: StoredExecution): EventFacts {
  const input = included(execution.input);
  const output = execution.output === undefined ? undefined : included(execution.output);
  return {
    source: 'aws.states',
    detailType: 'Step Functions Execution Status Change',
    resources: [execution.arn],
    time: new Date(execution.stoppedAtMs ?? execution.startedAtMs),
    detail: {
      executionArn: execution.arn,
      stateMachineArn: execution.machineArn,
      name: execution.name,
      status: execution.status,
      startDate: execution.startedAtMs,
      stopDate: execution.stoppedAtMs ?? null,
      input: input.text,
      output: output?.text ?? null,
      inputDetails: { included: input.included },
      outputDetails: output === undefined ? null : { included: output.included },
      error: execution.error ?? null,
      cause: execution.cause ?? null,
      redriveCount: 0,
      redriveDate: null,
      redriveStatus:
        execution.status === 'RUNNING' || execution.status === 'SUCCEEDED' ? 'NOT_REDRIVABLE' : 'REDRIVABLE',
    },
  };
}

function included(text: string): { readonly text: string | null; readonly included: boolean } {
  const fits = Buffer.byteLength(text) <= includedBytes;
  return { text: fits ? text : null, included: fits };
}
