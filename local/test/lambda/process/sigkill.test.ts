import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { isRunning, until } from '../../fixture/until.ts';
import { temporaryDirectory } from '../local-lambda.ts';
import { pythonFunction } from './function-resources.ts';

test('the processes of a function do not outlive a killed runtime', async () => {
  const directory = temporaryDirectory();
  const record = join(directory, 'pids');
  const code = `
import os, subprocess, time
def handler(event, context):
    child = subprocess.Popen(["sleep", "600"])
    with open(${JSON.stringify(`${record}.new`)}, "w") as file: file.write("%d %d" % (os.getpid(), child.pid))
    os.rename(${JSON.stringify(`${record}.new`)}, ${JSON.stringify(record)})
    time.sleep(600)
`;
  const script = join(directory, 'run.mjs');
  const startLambda = pathToFileURL(resolve('local/lambda/start-lambda.ts')).href;
  writeFileSync(
    script,
    `import { startLambda } from '${startLambda}';
     const resource = ${JSON.stringify(pythonFunction('f', code, { Timeout: 900 }))};
     const lambda = startLambda({
       model: { region: 'r', accountId: 'a', ofType: (type) => (type === resource.type ? [resource] : []) },
       access: { require() {} }, deliver: async () => {}, dataDirectory: ${JSON.stringify(directory)},
       environmentFor: () => ({}), oneAtATime: () => true });
     lambda.invoke({ functionName: 'f', payload: '{}', principal: { kind: 'operator' } });`,
  );
  const runtime = spawn(process.execPath, [script], { stdio: 'inherit' });
  onTestFinished(() => void runtime.kill('SIGKILL'));
  await until('the function runs', () => existsSync(record));
  const pids = readFileSync(record, 'utf8').split(' ').map(Number);
  expect(pids.map(isRunning)).toEqual([true, true]);
  runtime.kill('SIGKILL');
  await until('its processes have ended', () => pids.every((pid) => !isRunning(pid)));
});
