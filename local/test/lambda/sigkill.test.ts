import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { functionResource, temporaryDirectory } from './local-lambda.ts';

test('a function does not outlive a killed process', async () => {
  const code = 'export const handler = async () => { for (;;); };';
  const directory = temporaryDirectory();
  const script = join(directory, 'run.mjs');
  const startLambda = pathToFileURL(resolve('local/lambda/start-lambda.ts')).href;
  writeFileSync(
    script,
    `import { startLambda } from '${startLambda}';
     const resource = ${JSON.stringify(functionResource('service-busy', code, { Timeout: 900 }))};
     const lambda = startLambda({
       model: { region: 'r', accountId: 'a', ofType: (type) => (type === resource.type ? [resource] : []) },
       access: { require() {} }, deliver: async () => {}, dataDirectory: '${directory}',
       environmentFor: () => ({}), oneAtATime: () => true });
     await lambda.prewarm(['service-busy']);
     lambda.invoke({ functionName: 'service-busy', payload: '{}', principal: { kind: 'operator' } });
     console.log('busy');`,
  );
  const child = spawn(process.execPath, [script], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const { pid } = child;
  if (pid === undefined) throw new Error('The child process did not start');
  const exited = once(child, 'exit');
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(createInterface({ input: child.stdout }), 'line');
  process.kill(-pid, 0);
  process.kill(pid, 'SIGKILL');
  await exited;
  expect(() => process.kill(-pid, 0)).toThrow('ESRCH');
});
