import { closeSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { lazyLogsClient } from '../../aws/clients/logs-client.ts';
import { cloudWatchAttemptLogs } from '../../aws/logs/cloudwatch-attempt-logs.ts';
import type { AttemptLog } from '../../core/jobs/model/job.ts';
import { startGateway } from '../../local/gateway/start-gateway.ts';
import { accessControl } from '../../local/iam/access-control.ts';
import { accessKeys } from '../../local/iam/access-keys.ts';
import { openFunctionEvents } from '../../local/logs/function-events.ts';
import { logFileOf, openLog } from '../../local/logs/log-file.ts';
import { logsService } from '../../local/logs/logs-service.ts';
import { batchModel, testRegion } from '../../local/test/batch/batch-stack.ts';
import { temporaryDirectory } from '../../local/test/fixture/write-assembly.ts';
import { describeAttemptLogs, type LogsUnderTest } from './suites/attempt-logs-suite.ts';

/** The adapter with the local runtime's CloudWatch Logs. */
async function make(): Promise<LogsUnderTest> {
  const model = batchModel();
  const keys = accessKeys(model);
  const dataDirectory = temporaryDirectory();
  const services = [logsService({ model, dataDirectory })];
  const gateway = await startGateway({ services, access: accessControl(model), keys });
  const client = lazyLogsClient({ endpoint: gateway.url, region: testRegion, credentials: keys.operator });
  onTestFinished(async () => {
    (await client()).destroy();
    await gateway.stop();
  });
  const functionEvents = openFunctionEvents(join(dataDirectory, 'logs', 'lambda'));
  onTestFinished(() => functionEvents.close());
  const opened = new Map<string, number>();
  const open = ({ group, stream }: AttemptLog): number => {
    const file = logFileOf(join(dataDirectory, 'logs', 'batch'), stream);
    if (file === undefined) throw new Error(`${stream} is no stream`);
    const { descriptor, end } = openLog(file, group);
    onTestFinished(() => {
      end();
      closeSync(descriptor);
    });
    opened.set(stream, descriptor);
    return descriptor;
  };
  return {
    logs: cloudWatchAttemptLogs({ client }),
    write: (log, ...messages) => {
      const descriptor = opened.get(log.stream) ?? open(log);
      for (const message of messages) writeSync(descriptor, `${message}\n`);
    },
    writeFunction: ({ group, stream }, ...lines) =>
      functionEvents.append(
        group,
        lines.map((line) => ({ stream, ...line })),
      ),
  };
}

describeAttemptLogs(make);
