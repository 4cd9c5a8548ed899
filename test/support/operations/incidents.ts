import fc from 'fast-check';
import { expect } from 'vitest';
import { abortOperation } from '../../../core/operations/abort-operation.ts';
import { resendOperations } from '../../../core/operations/resend-operations.ts';
import { runOperation } from '../../../core/operations/work/run-operation.ts';
import { dyingProcess, ProcessDied } from '../memory/dying-process.ts';
import { interruptedProcess } from '../memory/interrupted-process.ts';
import { type OperationDeps, tickingDeps } from './operation-world.ts';

/** What happens to one process that works on the operation, at one of its calls of a port. */
export interface Incident {
  readonly kind: 'death' | 'death-after-effect' | 'overtaken' | 'abort';
  readonly atCall: number;
}

/** Some incidents, one for each of the first processes. */
export const incidents: fc.Arbitrary<readonly Incident[]> = fc.array(
  fc.record({
    kind: fc.constantFrom<Incident['kind']>('death', 'death', 'death-after-effect', 'overtaken', 'abort'),
    atCall: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 400 })),
  }),
  { maxLength: 6 },
);

const ports = [
  ...(['jobs', 'links', 'objects', 'data', 'contents', 'contentReader', 'idempotency'] as const),
  ...(['executions', 'operations', 'operationQueue', 'bus'] as const),
] as const;

const budgetMs = 20_000;

type Key = Parameters<typeof runOperation>[1];

/** Lets a process work on an operation until an incident. */
export async function runWith(deps: OperationDeps, key: Key, incident: Incident | undefined): Promise<void> {
  const input = { budgetEndsAt: deps.clock.now() + budgetMs };
  const { kind, atCall } = incident ?? { kind: 'death', atCall: Number.POSITIVE_INFINITY };
  if (kind === 'overtaken' || kind === 'abort') {
    const act = kind === 'abort' ? () => abort(deps, key) : () => overtake(deps, key);
    return runOperation(interruptedProcess(deps, ports, { beforeCall: atCall, act }).deps, key, input);
  }
  const { deps: mortal } = dyingProcess(deps, ports, { atCall, effect: kind === 'death-after-effect' });
  try {
    await runOperation(mortal, key, input);
  } catch (error) {
    if (!(error instanceof ProcessDied)) throw error;
  }
}

async function abort(deps: OperationDeps, key: Key): Promise<void> {
  await abortOperation(deps, { key, by: 'key-2' }).catch((error: unknown) =>
    expect(error).toMatchObject({ slug: 'operation-ended' }),
  );
}

/** The process pauses for longer than its lease, and another one does a part of the work meanwhile. */
async function overtake(deps: OperationDeps, key: Key): Promise<void> {
  await deps.clock.sleep(61_000);
  await resendOperations(deps);
  const ticking = tickingDeps(deps);
  await runOperation(ticking, key, { budgetEndsAt: deps.clock.now() + 60 });
}
