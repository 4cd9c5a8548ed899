import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import type { ServiceDefinition } from '../../../core/contract/schemas/service-schemas.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { Service } from '../../../core/services/model/service.ts';
import { registerService } from '../../../core/services/register-service.ts';
import { testSettings } from '../../support/jobs/test-settings.ts';
import { memoryServiceStore } from '../../support/memory/memory-service-store.ts';

export const tenant = 'acme';

export function definitionOf(parts: Partial<ServiceDefinition> = {}): ServiceDefinition {
  return { parameters: {}, dispatcher: { kind: 'lambda', functionName: 'errand-service-x' }, ...parts };
}

/** A clock that advances only when a test advances it. */
export function handClock(start = 1_700_000_000_000): Clock & { move(milliseconds: number): void } {
  let now = start;
  return {
    now: () => now,
    sleep: async () => undefined,
    move: (milliseconds) => {
      now += milliseconds;
    },
  };
}

export function serviceDeps() {
  return { services: memoryServiceStore(), clock: handClock(), settings: testSettings() };
}

export async function register(
  deps: ReturnType<typeof serviceDeps>,
  id: `${string}@${string}`,
  parts: Partial<ServiceDefinition> = {},
): Promise<Service> {
  const [name = '', version = ''] = id.split('@');
  return (await registerService(deps, { tenant, name, version, definition: definitionOf(parts) })).service;
}

/** The problem that a use case fails with; throws when it succeeds or fails with another error. */
export async function problemOf(outcome: Promise<unknown>): Promise<ProblemError> {
  try {
    await outcome;
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw error;
  }
  throw new Error('There was no problem');
}
