import { Ajv2020 } from 'ajv/dist/2020.js';
import type { LocalErrand } from '../../../bin/start-errand.ts';
import schema from '../../../package/events.schema.json' with { type: 'json' };

const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema);

/** Describes what makes an event invalid by the schema of the package; undefined if it is valid. */
export function eventFault(event: unknown): string | undefined {
  if (validate(event)) return undefined;
  return `${JSON.stringify(event)} ${JSON.stringify(validate.errors)}`;
}

/** The events on the bus of a service while its tests run. */
export interface PublishedEvents {
  /** Throws if an event was invalid since the last call. */
  expectValid(): void;
}

/** Checks every event that a service publishes from here on. */
export function checkPublishedEvents({ cloud }: Pick<LocalErrand, 'cloud'>): PublishedEvents {
  const faults: string[] = [];
  cloud.events.subscribe(cloud.output('Errand', 'BusName'), ({ detail }) => {
    const fault = eventFault(detail);
    if (fault !== undefined) faults.push(fault);
  });
  return {
    expectValid: () => {
      const found = faults.splice(0);
      if (found.length > 0) throw new Error(`Events do not match events.schema.json:\n${found.join('\n')}`);
    },
  };
}
