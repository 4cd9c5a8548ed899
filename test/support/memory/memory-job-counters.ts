import { addEnds, type RememberingCounter } from '../../../core/jobs/queries/add-ends.ts';
import type { CounterKey, JobCounter, JobCounters } from '../../../core/ports/job-counters.ts';

/** The in-memory job counters. */
export function memoryJobCounters(): JobCounters {
  const counters = new Map<string, RememberingCounter>();
  const all = () => [...counters.values()].map(withoutMemory).sort((left, right) => compare(left, right));
  return {
    async count(key, ends) {
      const { tenant, service, day } = key;
      const name = [tenant, service, day].join('#');
      const next = addEnds(counters.get(name) ?? nothingOn({ tenant, service, day }), ends);
      if (next !== undefined) counters.set(name, next);
    },
    list: async ({ tenant, services, from = '', before = '~', limit }) =>
      all()
        .filter((counter) => counter.tenant === tenant)
        .filter(({ service }) => services === undefined || services.includes(service))
        .filter(({ day }) => day >= from && day < before)
        .slice(0, limit),
    newest: async ({ tenant, service }, limit) =>
      all()
        .filter((counter) => counter.tenant === tenant && counter.service === service)
        .reverse()
        .slice(0, limit),
  };
}

function nothingOn(key: CounterKey): RememberingCounter {
  const counts = { succeeded: 0, failed: 0, error: 0, aborted: 0 };
  return { ...key, counts, durationMs: 0, recent: [] };
}

function withoutMemory({ recent: _, ...counter }: RememberingCounter): JobCounter {
  return counter;
}

function compare(left: CounterKey, right: CounterKey): number {
  const [one, other] = [`${left.service}#${left.day}`, `${right.service}#${right.day}`];
  return one < other ? -1 : Number(one > other);
}
