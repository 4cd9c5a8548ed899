import { memoryAttemptLogs } from '../support/memory/memory-attempt-logs.ts';
import { describeAttemptLogs } from './suites/attempt-logs-suite.ts';

describeAttemptLogs(() => {
  const logs = memoryAttemptLogs();
  return {
    logs,
    write: (log, ...messages) => logs.write(log, ...messages.map((message) => ({ at: Date.now(), message }))),
    writeFunction: (log, ...lines) => logs.write(log, ...lines),
  };
});
