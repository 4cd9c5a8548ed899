import { memoryAttemptLogs } from '../support/memory-attempt-logs.ts';
import { describeAttemptLogs } from './attempt-logs-suite.ts';

describeAttemptLogs(() => {
  const logs = memoryAttemptLogs();
  return {
    logs,
    write: (log, ...messages) => logs.write(log, ...messages.map((message) => ({ at: Date.now(), message }))),
  };
});
