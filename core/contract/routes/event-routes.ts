import { eventLogPage, eventLogQuery } from '../schemas/event-log-schemas.ts';
import { keyProblems, type Route } from './route.ts';

export const eventRoutes = [
  {
    operationId: 'listEvents',
    method: 'GET',
    path: '/v1/events',
    summary:
      'Read the events of all jobs in the order of the event log; with `Prefer: wait`, wait until there is one, or follow them as a stream',
    servedBy: 'live',
    scope: 'events:read',
    query: eventLogQuery,
    supportsLongPoll: true,
    supportsStream: true,
    responses: {
      200: {
        description:
          'A page of CloudEvents, which may be empty; with `Accept: text/event-stream`, a stream of server-sent events',
        schema: eventLogPage,
        headers: ['Preference-Applied'],
      },
      204: { description: 'All jobs of the filter have ended, and no events follow `Last-Event-ID`' },
    },
    problems: ['invalid-request', 'bad-cursor', 'position-expired', 'event-log-off', ...keyProblems],
  },
] as const satisfies readonly Route[];
