import { startStepFunctions } from '../../stepfunctions/start-step-functions.ts';
import { modelOf } from '../fixture/model-of.ts';
import { assumeNoRole, machineArn, machineResource, scriptedInvoker } from './machine-fixture.ts';

/** Starts executions endlessly and prints the ARN of each acknowledged one; the test kills it. */
const definition = { StartAt: 'A', States: { A: { Type: 'Wait', Seconds: 3600, End: true } } };
const states = startStepFunctions({
  model: modelOf([machineResource('express', definition)]),
  invoker: scriptedInvoker({}),
  assumeRole: assumeNoRole,
  dataDirectory: String(process.argv[2]),
});
const startNext = (): void => {
  const { executionArn } = states.startExecution({ stateMachineArn: machineArn('express'), input: '{}' });
  process.stdout.write(`${executionArn}\n`);
  setImmediate(startNext);
};
startNext();
