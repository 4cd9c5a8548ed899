import type { JsonObject, ServiceCall } from 'errand/worker';

/** The service's parameters, see `service.json`. */
export type FanOutParameters = {
  readonly count: number;
  readonly parameters: JsonObject;
};

/** The service's result. */
export type Parts = { readonly children: readonly { readonly name: string; readonly id: string }[] };

/** The number of concurrent submissions. */
const width = 5;

/**
 * Submits `count` sub-jobs of echo. Their names are the same in every attempt, so an attempt that follows one that died
 * half-way finds the sub-jobs that the earlier one submitted, and submits the rest.
 */
export async function submitParts({
  parameters: { count, parameters },
  children,
  progress,
  signal,
}: Pick<ServiceCall<FanOutParameters>, 'parameters' | 'children' | 'progress' | 'signal'>): Promise<Parts> {
  const parts: { name: string; id: string }[] = [];
  for (let first = 1; first <= count; first += width) {
    signal.throwIfAborted();
    const numbers = Array.from({ length: Math.min(width, count - first + 1) }, (_, index) => first + index);
    const submitted = await Promise.all(
      numbers.map(async (part) => {
        const name = `part-${part}`;
        const { id } = await children.submit(name, {
          service: 'echo@^1.0',
          parameters: { ...parameters, part },
        });
        return { name, id };
      }),
    );
    parts.push(...submitted);
    progress({ stepsTotal: count, stepsCompleted: parts.length });
  }
  return { children: parts };
}
