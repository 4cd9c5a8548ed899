import { expect, test } from 'vitest';
import type { ServiceDefinition } from '../../../core/contract/schemas/service-schemas.ts';
import { registrationWarnings, type ServiceResources } from '../../../core/services/registration-warnings.ts';

const onLambda = { kind: 'lambda', functionName: 'errand-service-x' } as const;
const onBatch = { kind: 'batch', jobDefinition: 'errand-job-x:3' } as const;

async function warningsOf(dispatcher: ServiceDefinition['dispatcher'], exists: () => Promise<boolean>) {
  const asked: string[] = [];
  const lines: string[] = [];
  const look = (name: string) => {
    asked.push(name);
    return exists();
  };
  const resources: ServiceResources = { hasFunction: look, hasJobDefinition: look };
  const log = { info: () => undefined, warn: (message: string) => void lines.push(message) };
  const warnings = await registrationWarnings({ resources, log }, { dispatcher });
  return { asked, lines, warnings };
}

test.each([
  [onLambda, 'errand-service-x'],
  [onBatch, 'errand-job-x:3'],
])('the registration of a version whose resource exists has no warning: %j', async (dispatcher, name) => {
  expect(await warningsOf(dispatcher, async () => true)).toEqual({ asked: [name], lines: [], warnings: [] });
});

test('a missing function is a warning', async () => {
  const { warnings } = await warningsOf(onLambda, async () => false);
  expect(warnings).toEqual([
    {
      code: 'function-not-found',
      detail: expect.stringMatching(/^The function errand-service-x does not exist .*misconfigured$/),
      pointer: '/dispatcher/functionName',
    },
  ]);
});

test('a missing job definition is a warning', async () => {
  const { warnings } = await warningsOf(onBatch, async () => false);
  expect(warnings).toEqual([
    {
      code: 'job-definition-not-found',
      detail: expect.stringMatching(/^The job definition errand-job-x:3 does not exist .*misconfigured$/),
      pointer: '/dispatcher/jobDefinition',
    },
  ]);
});

test.each([onLambda, onBatch])('a check that fails is logged and reports nothing: %j', async (dispatcher) => {
  const { lines, warnings } = await warningsOf(dispatcher, () => Promise.reject(new Error('throttled')));
  expect(warnings).toBeUndefined();
  expect(lines).toEqual(['registration-not-checked']);
});
