import { startEventBus } from '../../events/start-event-bus.ts';
import { modelOf } from '../fixture/model-of.ts';
import { busResource, functionArn, putEventsRequest, ruleResource } from './cloud-fixture.ts';

/**
 * Puts events endlessly on a bus whose target never responds, and prints each acknowledged id; the test
 * kills it.
 */
const rule = ruleResource('r', {
  EventBusName: 'jobs',
  EventPattern: { source: ['app'] },
  Targets: [{ Id: 't', Arn: functionArn('f') }],
});
const bus = startEventBus({
  model: modelOf([busResource('jobs'), rule]),
  deliver: () => new Promise(() => undefined),
  dataDirectory: String(process.argv[2]),
});
const putNext = async (): Promise<void> => {
  const entry = { Source: 'app', DetailType: 'Job', Detail: '{}', EventBusName: 'jobs' };
  const response = await bus.handle(putEventsRequest(entry));
  const answer = JSON.parse(String(response.body)) as { Entries: { EventId: string }[] };
  process.stdout.write(`${answer.Entries[0]?.EventId}\n`);
  setImmediate(() => void putNext());
};
await putNext();
